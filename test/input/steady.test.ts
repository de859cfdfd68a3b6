import { appendFile, rm, stat, utimes } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fingerprintFile } from '../../src/input/fingerprint.js'
import { openInput } from '../../src/input/open.js'
import { keepSteady, type SteadyInput } from '../../src/input/steady.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const csv = `prompt\n${'a line\n'.repeat(5000)}`

const open = async (): Promise<{ readonly path: string; readonly input: SteadyInput }> => {
  const path = await workspace.write('in.csv', csv)
  return { path, input: keepSteady(await openInput(path, {}), [await fingerprintFile(path)]) }
}

/** Reads all rows, and lets something happen after the first batch. */
const readAll = async (input: SteadyInput, afterFirst: () => Promise<unknown> = async () => undefined) => {
  let rows = 0
  for await (const batch of input.rows()) {
    if (rows === 0) await afterFirst()
    rows += batch.length
  }
  return rows
}

describe('keepSteady', () => {
  it('reads a file that is left alone as often as it is asked', async () => {
    const { input } = await open()
    await input.check(0)
    expect([await readAll(input), await readAll(input)]).toEqual([5000, 5000])
  })

  it.each([
    ['grows', (path: string) => appendFile(path, 'b\n')],
    ['is touched', (path: string) => utimes(path, 1, 1)],
    ['is gone', (path: string) => rm(path)],
    ['is cut within a quoted cell', () => workspace.write('in.csv', `prompt\n"${'x'.repeat(30_000)}`)],
  ])('tells that a file %s while it is read', async (_title, change) => {
    const { path, input } = await open()
    const error = await failureOf(readAll(input, () => change(path)))
    expect(error).toMatchObject({ code: 'input_changed', message: expect.stringContaining('in.csv'), exitCode: 1 })
    expect(await failureOf(input.check(0))).toMatchObject({ code: 'input_changed' })
  })

  it('tells a change that size and time hide, by the fingerprint', async () => {
    const { path, input } = await open()
    const { atime, mtime } = await stat(path)
    await workspace.write('in.csv', csv.replace('prompt', 'PROMPT'))
    await utimes(path, atime, mtime)
    expect(await failureOf(readAll(input))).toMatchObject({ code: 'input_changed' })
  })

  it('leaves the faults of a file that did not change as they are', async () => {
    const path = await workspace.write('in.csv', 'prompt\n"open')
    const input = keepSteady(await openInput(path, {}), [await fingerprintFile(path)])
    expect(await failureOf(readAll(input))).toMatchObject({ code: 'bad_input' })
  })
})
