import { appendFile, rm, stat, utimes } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fingerprintFile, looksUnchanged, sameFingerprint } from '../../src/input/fingerprint.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const large = (first: string, last: string): string => first + 'x'.repeat(300_000) + last

describe('fingerprintFile', () => {
  it('is the same for a file that is left alone', async () => {
    const path = await workspace.write('a.csv', large('a', 'b'))
    const one = await fingerprintFile(path)
    expect(sameFingerprint(one, await fingerprintFile(path))).toBe(true)
    expect(one).toEqual({
      bytes: 300_002,
      modified_ms: expect.any(Number),
      digest: expect.stringMatching(/^[\da-f]{64}$/),
    })
    expect(Number.isInteger(one.modified_ms)).toBe(true)
  })

  it.each([
    ['its beginning', large('b', 'b')],
    ['its end', large('a', 'c')],
    ['its length', large('a', 'bb')],
  ])('changes with %s', async (_title, content) => {
    const path = await workspace.write('a.csv', large('a', 'b'))
    const one = await fingerprintFile(path)
    const { atime, mtime } = await stat(path)
    await workspace.write('a.csv', content)
    await utimes(path, atime, mtime)
    expect(sameFingerprint(one, await fingerprintFile(path))).toBe(false)
  })

  it('changes with the time of modification', async () => {
    const path = await workspace.write('a.csv', 'a')
    const one = await fingerprintFile(path)
    await utimes(path, new Date(0), new Date(0))
    const two = await fingerprintFile(path)
    expect(two).toEqual({ ...one, modified_ms: 0 })
    expect(sameFingerprint(one, two)).toBe(false)
  })

  it('changes when a small file grows', async () => {
    const path = await workspace.write('a.csv', 'a\n')
    const one = await fingerprintFile(path)
    await appendFile(path, 'b\n')
    expect(sameFingerprint(one, await fingerprintFile(path))).toBe(false)
  })

  it('names a file that is gone', async () => {
    const error = await failureOf(fingerprintFile(workspace.path('gone.csv')))
    expect(error).toMatchObject({ code: 'bad_input', message: expect.stringContaining('gone.csv') })
  })
})

describe('looksUnchanged', () => {
  it.each([
    ['a file that is left alone', async () => undefined, true],
    ['a file that has grown', (path: string) => appendFile(path, 'b'), false],
    ['a file with another time', (path: string) => utimes(path, new Date(0), new Date(0)), false],
    ['a file that is gone', (path: string) => rm(path), false],
  ])('tells %s', async (_title, change, unchanged) => {
    const path = await workspace.write('a.csv', 'a\n')
    const fingerprint = await fingerprintFile(path)
    await change(path)
    expect(await looksUnchanged(path, fingerprint)).toBe(unchanged)
  })
})
