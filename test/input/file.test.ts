import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inspectFile, readBytes, unreadableFile } from '../../src/input/file.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const readFile = async (path: string): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of readBytes(await inspectFile(path, path))) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const countOpen = async (): Promise<number> => (await readdir('/proc/self/fd')).length

const text = Array.from({ length: 60_000 }, (_none, index) => `line ${index}, of no special meaning\n`).join('')

describe('inspectFile', () => {
  it('names a file that is not there, with what to check', async () => {
    const error = await failureOf(inspectFile(workspace.path('no.csv'), 'no.csv'))
    expect(error).toMatchObject({ code: 'bad_input', message: 'no.csv cannot be read: there is no such file' })
    expect(error.hint).toContain('spelling')
  })

  it('refuses a folder', async () => {
    await mkdir(workspace.path('data.csv'))
    const error = await failureOf(inspectFile(workspace.path('data.csv'), 'data.csv'))
    expect(error).toMatchObject({ code: 'bad_input', message: 'data.csv cannot be read: it is a folder' })
  })

  it('refuses a path that goes through a file', async () => {
    await workspace.write('a.csv', 'a')
    await expect(failureOf(inspectFile(workspace.path('a.csv/b.csv'), 'b.csv'))).resolves.toMatchObject({
      code: 'bad_input',
    })
  })

  it.runIf(process.platform !== 'win32')('refuses a pipe at once, which could be read only once', async () => {
    execFileSync('mkfifo', [workspace.path('pipe.csv')])
    const error = await failureOf(inspectFile(workspace.path('pipe.csv'), 'pipe.csv'))
    expect(error).toMatchObject({ code: 'bad_input', message: 'pipe.csv is not a regular file' })
    expect(error.hint).toContain('standard input')
  })

  it('I14: refuses an empty file', async () => {
    const path = await workspace.write('a.csv', '')
    expect((await failureOf(inspectFile(path, 'a.csv'))).message).toBe('a.csv is empty')
  })
})

describe('unreadableFile', () => {
  it.each([
    ['EACCES', 'permission'],
    ['EPERM', 'permission'],
    ['EMFILE', 'too many files'],
    ['EIO', 'EIO'],
  ])('explains %s', (code, words) => {
    const error = unreadableFile('a.csv', Object.assign(new Error('system'), { code }))
    expect(error).toMatchObject({ code: 'bad_input', message: expect.stringContaining(words) })
    expect(error.hint).toBeDefined()
  })
})

describe('readBytes', () => {
  it.each([
    ['plain', 'a.csv', Buffer.from(text)],
    ['compressed', 'a.csv.gz', gzipSync(text)],
    ['compressed without saying so', 'a.csv', gzipSync(text)],
    ['plain in spite of its name', 'a.csv.gz', Buffer.from(text)],
    [
      'compressed in two members',
      'a.csv.gz',
      Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000))]),
    ],
  ])('reads a file that is %s', async (_title, name, bytes) => {
    expect(await readFile(await workspace.write(name, bytes))).toBe(text)
  })

  it.each([false, true])('names a file that has gone since it was looked at (compressed: %s)', async gzip => {
    const file = { path: workspace.path('gone.csv'), name: 'gone.csv', bytes: 1, gzip }
    await expect(failureOf(readBytes(file).next())).resolves.toMatchObject({
      code: 'bad_input',
      message: 'gone.csv cannot be read: there is no such file',
    })
  })

  it('reads one byte', async () => {
    expect(await readFile(await workspace.write('a.csv', 'a'))).toBe('a')
  })

  it('says that compressed data ends too early', async () => {
    const packed = gzipSync(text)
    const path = await workspace.write('a.csv.gz', packed.subarray(0, packed.length / 2))
    const error = await failureOf(readFile(path))
    expect(error).toMatchObject({ code: 'bad_input', message: expect.stringContaining('cut short') })
    expect(error.hint).toContain('again')
  })

  it('says that compressed data is damaged', async () => {
    const packed = gzipSync(text)
    packed.fill(0x55, 100, 200)
    const path = await workspace.write('a.csv.gz', packed)
    await expect(failureOf(readFile(path))).resolves.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('damaged'),
    })
  })

  it('tells how many bytes of the file were read, not how many came out of it', async () => {
    const packed = gzipSync(text)
    const path = await workspace.write('a.csv.gz', packed)
    let read = 0
    for await (const chunk of readBytes(await inspectFile(path, path), bytes => {
      read += bytes
    })) {
      expect(chunk.length).toBeGreaterThan(0)
    }
    expect(read).toBe(packed.length)
  })

  // Much that does not compress: the file is still open when its first bytes are out.
  const noise = createHash('shake256', { outputLength: 4_000_000 }).update('noise').digest()

  it.runIf(process.platform === 'linux').each([
    ['a plain file', noise],
    ['a compressed file', gzipSync(noise)],
  ])('closes %s when the reader stops early', async (_title, bytes) => {
    const path = await workspace.write('a.csv', bytes)
    const before = await countOpen()
    const reading = readBytes(await inspectFile(path, path))
    expect((await reading.next()).done).toBe(false)
    expect(await countOpen()).toBe(before + 1)
    await reading.return(undefined)
    expect(await countOpen()).toBe(before)
  })

  it.each([
    ['a plain file', noise],
    ['a compressed file', gzipSync(noise)],
  ])('reads %s no faster than it is taken', async (_title, bytes) => {
    const path = await workspace.write('a.csv', bytes)
    let read = 0
    const reading = readBytes(await inspectFile(path, path), count => {
      read += count
    })
    await reading.next()
    // Time enough to read ahead, for a reader that would.
    for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
    expect(read).toBeLessThan(bytes.length / 2)
    await reading.return(undefined)
  })
})
