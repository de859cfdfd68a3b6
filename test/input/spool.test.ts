import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { spoolRows, spoolStream } from '../../src/input/spool.js'
import { failureOf, inPieces, readAll, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.from('half')
  throw new RangeError('the pipe broke')
}

describe('spoolStream', () => {
  it('copies a stream byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 10_000 }, (_none, index) => index % 256))
    await spoolStream(inPieces(bytes, 333), workspace.path('input.csv'))
    expect(await readFile(workspace.path('input.csv'))).toEqual(bytes)
    expect(await readdir(workspace.folder)).toEqual(['input.csv'])
  })

  it.runIf(process.platform !== 'win32')('lets nobody but the owner read the copy', async () => {
    await spoolStream(inPieces(Buffer.from('a'), 1), workspace.path('input.csv'))
    expect((await stat(workspace.path('input.csv'))).mode & 0o777).toBe(0o600)
  })

  it('makes the folder it copies into', async () => {
    await spoolStream(inPieces(Buffer.from('a'), 1), workspace.path('run/input.csv'))
    expect(await readdir(workspace.path('run'))).toEqual(['input.csv'])
  })

  it('leaves what was there when the stream breaks, and nothing else', async () => {
    await workspace.write('input.csv', 'before')
    await expect(spoolStream(broken(), workspace.path('input.csv'))).rejects.toThrow(new RangeError('the pipe broke'))
    expect(await readFile(workspace.path('input.csv'), 'utf8')).toBe('before')
    expect(await readdir(workspace.folder)).toEqual(['input.csv'])
  })

  it('clears away what a killed session had copied', async () => {
    await workspace.write('.input.csv.tmp', 'half of a row')
    await spoolStream(inPieces(Buffer.from('a'), 1), workspace.path('input.csv'))
    expect(await readFile(workspace.path('input.csv'), 'utf8')).toBe('a')
    expect(await readdir(workspace.folder)).toEqual(['input.csv'])
  })

  it('leaves what was there when the stream brings nothing', async () => {
    await workspace.write('input.csv', 'before')
    await spoolStream(inPieces(Buffer.alloc(0), 1), workspace.path('input.csv'))
    expect(await readFile(workspace.path('input.csv'), 'utf8')).toBe('before')
    expect(await readdir(workspace.folder)).toEqual(['input.csv'])
  })

  it('makes an empty file of a stream that brings nothing where there is none', async () => {
    await spoolStream(inPieces(Buffer.alloc(0), 1), workspace.path('input.csv'))
    expect(await readFile(workspace.path('input.csv'), 'utf8')).toBe('')
  })

  it('says when the copy cannot be written', async () => {
    await mkdir(workspace.path('input.csv/full'), { recursive: true })
    const error = await failureOf(spoolStream(inPieces(Buffer.from('a'), 1), workspace.path('input.csv')))
    expect(error).toMatchObject({ code: 'disk', message: expect.stringContaining(workspace.path('input.csv')) })
    expect(await readdir(workspace.folder)).toEqual(['input.csv'])
  })
})

describe('spoolRows', () => {
  const rows: readonly JsonObject[] = [
    { id: 1, text: 'a\nb\u2028"\ud800' },
    { ['__proto__']: [1, { a: null }] },
    Object.fromEntries([['text', 'x'.repeat(300_000)]]),
  ]

  it.each(['an array', 'a generator', 'an async generator'])(
    'writes rows from %s so that they read back',
    async kind => {
      function* generate(): Generator<JsonObject> {
        yield* rows
      }
      async function* generateLater(): AsyncGenerator<JsonObject> {
        yield* rows
      }
      const source = kind === 'an array' ? rows : kind === 'a generator' ? generate() : generateLater()
      await spoolRows(source, workspace.path('input.jsonl'))
      const read = await readAll(workspace.path('input.jsonl'))
      expect(read.map(row => (row.form === 'json' ? row.record : row))).toEqual(rows)
    },
  )

  const circle: Record<string, unknown> = {}
  circle['self'] = circle

  it.each([
    ['a text', 'secret', 'row 2 is not an object'],
    ['an array', ['secret'], 'row 2 is not an object'],
    ['null', null, 'row 2 is not an object'],
    ['undefined', undefined, 'row 2 is not an object'],
    ['a function', () => 'secret', 'row 2 is not an object'],
    ['a date, which becomes a text', new Date(0), 'row 2 is not an object'],
    ['a big integer', { id: 1n }, 'row 2 cannot be written as JSON'],
    ['a circle', circle, 'row 2 cannot be written as JSON'],
  ])('refuses %s and says which row it is', async (_title, row, message) => {
    const error = await failureOf(spoolRows([{ a: 1 }, row], workspace.path('input.jsonl')))
    expect(error).toMatchObject({ code: 'bad_input', message })
    expect(await readdir(workspace.folder)).toEqual([])
  })
})
