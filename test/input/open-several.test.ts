import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/model.js'
import type { Input } from '../../src/input/open.js'
import { openInputs } from '../../src/input/open-several.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const open = async (files: Readonly<Record<string, string>>, column = 'source'): Promise<Input> => {
  const named: { readonly path: string; readonly name: string }[] = []
  for (const [name, text] of Object.entries(files)) named.push({ path: await workspace.write(name, text), name })
  return openInputs(named, {}, column)
}

const readAll = async (input: Input): Promise<Row[]> => {
  const rows: Row[] = []
  for await (const batch of input.rows()) rows.push(...batch)
  return rows
}

describe('several tables as one input', () => {
  it('gives the rows of one after those of the other, each with the name of its file', async () => {
    const input = await open({ 'a.csv': 'id,prompt\n1,one\n2,two\n', 'b.csv': 'id,prompt\n3,three\n' })
    expect(input.columns).toEqual(['id', 'prompt', 'source'])
    const rows = await readAll(input)
    expect(rows).toEqual([
      { form: 'table', index: 0, line: 2, cells: ['1', 'one', 'a.csv'] },
      { form: 'table', index: 1, line: 3, cells: ['2', 'two', 'a.csv'] },
      { form: 'table', index: 2, line: 2, cells: ['3', 'three', 'b.csv'] },
    ])
    expect(rows.map(row => [input.fileOf(row.index), input.sourceOf(row.index)])).toEqual([
      [0, 'a.csv'],
      [0, 'a.csv'],
      [1, 'b.csv'],
    ])
  })

  it('takes columns by name, whatever their order, delimiter and format', async () => {
    const input = await open({
      'a.csv': 'id,prompt,x\n1,one,\n',
      'b.csv': 'x;prompt;id\ny;two;2\n',
      'c.tsv': 'prompt\tx\tid\nt\tu\t3\n',
    })
    const cells = (await readAll(input)).map(row => (row.form === 'table' ? row.cells : []))
    expect(cells).toEqual([
      ['1', 'one', '', 'a.csv'],
      ['2', 'two', 'y', 'b.csv'],
      ['3', 't', 'u', 'c.tsv'],
    ])
  })

  it('names the file that a file without rows does not push out of place', async () => {
    const input = await open({
      'a.csv': 'prompt\n',
      'b.csv': 'prompt\none\n',
      'c.csv': 'prompt\n',
      'd.csv': 'prompt\ntwo\n',
    })
    const rows = await readAll(input)
    expect(rows.map(row => input.sourceOf(row.index))).toEqual(['b.csv', 'd.csv'])
  })

  it.each([
    [
      'other columns',
      { 'a.csv': 'id,prompt\n', 'b.csv': 'id,promt\n' },
      /b\.csv has other columns than a\.csv: it lacks "prompt"; it adds "promt"/,
    ],
    [
      'another form',
      { 'a.csv': 'prompt\n', 'b.jsonl': '{"prompt":"x"}\n' },
      /b\.jsonl holds JSON objects, but a\.csv is a table/,
    ],
    ['a column of its own called source', { 'a.csv': 'source\n', 'b.csv': 'source\n' }, /a\.csv has a column "source"/],
    ['nothing in it', { 'a.csv': 'prompt\nx\n', 'b.csv': '' }, /b\.csv is empty/],
  ])('refuses a file with %s and names it', async (_title, files, message) => {
    expect(await failureOf(open(files))).toMatchObject({
      code: 'bad_input',
      exitCode: 2,
      message: expect.stringMatching(message),
    })
  })

  it('names every file that differs from the first', async () => {
    const files = { 'a.csv': 'id,prompt\n', 'b.csv': 'id,promt\n', 'c.csv': 'prompt,id\n', 'd.csv': 'id,prompt,x\n' }
    expect((await failureOf(open(files))).message).toBe(
      '2 files differ from the first, a.csv:\n' +
        '  b.csv has other columns than a.csv: it lacks "prompt"; it adds "promt"\n' +
        '  d.csv has other columns than a.csv: it adds "x"',
    )
  })

  it('names ten of many', async () => {
    const others = Object.fromEntries(Array.from({ length: 12 }, (_, place) => [`b${place}.csv`, 'id\n']))
    const { message } = await failureOf(open({ 'a.csv': 'id,prompt\n', ...others }))
    expect(message).toMatch(/^12 files differ/)
    expect(message.split('\n')).toHaveLength(12)
    expect(message).toMatch(/\n {2}… and 2 more$/)
  })

  it('names the file of a fault among its rows', async () => {
    const input = await open({ 'a.csv': 'a,b\n1,2\n', 'b.csv': 'a,b\n1,2\n3\n' })
    expect((await failureOf(readAll(input))).message).toMatch(/^b\.csv, row 2 \(line 3\)/)
  })

  it('tells how far all files together are read', async () => {
    const input = await open({ 'a.csv': 'p\n1\n', 'b.csv': 'p\n1\n' })
    const shares: number[] = []
    let rows = 0
    for await (const batch of input.rows(share => shares.push(share))) rows += batch.length
    expect(rows).toBe(2)
    expect(shares).toEqual([0.5, 1])
  })
})

describe('several JSON files as one input', () => {
  it('adds the name of the file to each object and leaves its text as it was', async () => {
    const input = await open({ 'a.jsonl': '{"n": 1.0, "b":[1, 2] }\n', 'b.jsonl': '{}\nbroken\n' })
    expect(input.columns).toEqual(['n', 'b', 'source'])
    expect(await readAll(input)).toMatchObject([
      { text: '{"n": 1.0, "b":[1, 2],"source":"a.jsonl"}', record: { n: 1, b: [1, 2], source: 'a.jsonl' } },
      { text: '{"source":"b.jsonl"}', record: { source: 'b.jsonl' } },
      { form: 'unreadable', index: 2, line: 2, known: { source: 'b.jsonl' } },
    ])
  })

  it('refuses a row with a key of that name, and takes it under another', async () => {
    const files = { 'a.jsonl': '{"n":1}\n', 'b.jsonl': '{"n":2}\n{"source":"x"}\n' }
    const error = await failureOf(open(files).then(readAll))
    expect(error.message).toMatch(/^b\.jsonl, row 2 \(line 2\), has a column "source"/)
    expect(error.hint).toContain('--output-prefix')
    expect(await readAll(await open(files, 'llm_source'))).toHaveLength(3)
  })
})
