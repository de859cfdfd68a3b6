import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type InputOptions, openInput } from '../../src/input/open.js'
import { failureOf, readAll, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

/** Line and content of each row, or its fault. */
const read = async (content: string | Uint8Array, options: InputOptions = {}, name = 'a.jsonl') => {
  const rows = await readAll(await workspace.write(name, content), options)
  expect(rows.map(row => row.index)).toEqual(rows.map((_row, index) => index))
  return rows.map(row => [
    row.line,
    row.form === 'json' ? row.text : row.form === 'unreadable' ? row.fault.code : row.form,
  ])
}

describe('openInput on JSONL', () => {
  it('gives the keys of the first object in the order in which they are written', async () => {
    const path = await workspace.write('a.ndjson', '\n[]\n{"b":1,"10":{"x":0},"a":3}\n{"c":1}\n')
    const input = await openInput(path, {})
    expect(input).toMatchObject({
      files: [{ path, name: path }],
      name: path,
      format: 'jsonl',
      form: 'json',
      columns: ['b', '10', 'a'],
    })
  })

  it.each([
    [
      'a mark, blank lines, CRLF and no final newline',
      '\uFEFF{"a":1}\r\n\r\n  \n{"a":2}',
      [
        [1, '{"a":1}'],
        [4, '{"a":2}'],
      ],
    ],
    [
      'U+2028, U+2029 and U+0085 within a line',
      '{"a":"\u2028\u2029\u0085"}\n{}',
      [
        [1, '{"a":"\u2028\u2029\u0085"}'],
        [2, '{}'],
      ],
    ],
    [
      'a lone CR within a line',
      '{"a":1,\r"b":2}\n{}',
      [
        [1, '{"a":1,\r"b":2}'],
        [2, '{}'],
      ],
    ],
    [
      'bad lines among good ones',
      '{"a":1}\n{"a"\n[1]\n"x"\n{"a":1,"a":1}\n{"a":2}\n',
      [
        [1, '{"a":1}'],
        [2, 'invalid_row'],
        [3, 'invalid_row'],
        [4, 'invalid_row'],
        [5, 'invalid_row'],
        [6, '{"a":2}'],
      ],
    ],
  ])('reads %s', async (_title, content, rows) => {
    expect(await read(content)).toEqual(rows)
  })

  it('I5: lets a byte that is not UTF-8 spoil its own line only', async () => {
    const content = Buffer.from('{"a":"\xc3\xa9"}\n{"a":"\xe9"}\n{"a":1}\n', 'latin1')
    expect(await read(content)).toEqual([
      [1, '{"a":"é"}'],
      [2, 'invalid_row'],
      [3, '{"a":1}'],
    ])
  })

  it('refuses a file in another encoding, in which not a single line is UTF-8 that is more than ASCII', async () => {
    const content = Buffer.from('{"a":1}\n{"a":"\xc4\xe3"}\n\n{"a":"\xba\xc3"}\n', 'latin1')
    const error = await failureOf(read(content))
    expect(error.message).toMatch(/is not UTF-8: row 2 \(line 2\) holds [\s\S]*--encoding gb18030 +你/)
    expect(await read(content, { encoding: 'gbk' })).toEqual([
      [1, '{"a":1}'],
      [2, '{"a":"你"}'],
      [4, '{"a":"好"}'],
    ])
  })

  it.each([
    ['UTF-16 with a mark', Buffer.from('\uFEFF{"a":"你\u0a0a"}\n{}', 'utf16le'), {}],
    ['UTF-16 by name', Buffer.from('{"a":"你\u0a0a"}\n{}', 'utf16le'), { encoding: 'utf-16le' }],
  ])('decodes %s before it looks for lines', async (_title, content, options) => {
    expect(await read(content, options)).toEqual([
      [1, '{"a":"你\u0a0a"}'],
      [2, '{}'],
    ])
  })

  it('refuses a file that is not in the encoding it was said to be in, with the line', async () => {
    const content = Buffer.concat([Buffer.from('{}\n{"a":"'), Buffer.of(0xc4, 0x22)])
    const error = await failureOf(readAll(await workspace.write('a.jsonl', content), { encoding: 'gb18030' }))
    expect(error).toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('is not gb18030: row 2 (line 2)'),
    })
  })

  it.each([
    ['utf-16le', Buffer.from('{"a":1}\n', 'utf16le')],
    ['utf-16be', Buffer.from('{"a":1}\n', 'utf16le').swap16()],
  ])('says that a file without a mark is %s', async (label, content) => {
    const error = await failureOf(read(content))
    expect(error).toMatchObject({ code: 'bad_input', hint: `Give --encoding ${label}` })
    expect(await read(content, { encoding: label })).toEqual([[1, '{"a":1}']])
  })

  it('refuses a delimiter, which only tables have', async () => {
    expect(await failureOf(read('{"a":1}\n', { delimiter: ';' }))).toMatchObject({
      code: 'bad_flag',
      exitCode: 2,
      message: '--delimiter is for CSV and TSV, and the input is JSONL',
    })
  })

  it('reads .gz', async () => {
    expect(await read(gzipSync('{}\n{"a":1}\n'), {}, 'a.jsonl.gz')).toEqual([
      [1, '{}'],
      [2, '{"a":1}'],
    ])
  })

  it('I6: refuses lines above the limit one by one', async () => {
    const long = `{"a":"${'x'.repeat(1000)}"}`
    expect(await read(`{}\n${long}\n{"a":1}\n${long}`, { maxLineBytes: 1000 })).toEqual([
      [1, '{}'],
      [2, 'invalid_row'],
      [3, '{"a":1}'],
      [4, 'invalid_row'],
    ])
    expect(await read(long, { maxLineBytes: long.length })).toEqual([[1, long]])
  })

  it.each(['', '\n \n\r\n', '\uFEFF\n'])('calls %j empty', async content => {
    const path = await workspace.write('a.jsonl', content)
    await expect(failureOf(openInput(path, { name: 'a.jsonl' }))).resolves.toMatchObject({
      code: 'bad_input',
      message: 'a.jsonl is empty',
    })
  })

  it('opens a file without a single readable line: each line has its own fault', async () => {
    const path = await workspace.write('a.jsonl', '[\n{"a":1},\n]\n')
    expect((await openInput(path, {})).columns).toEqual([])
    expect(await read('[\n{"a":1},\n]\n')).toEqual([
      [1, 'invalid_row'],
      [2, 'invalid_row'],
      [3, 'invalid_row'],
    ])
  })

  it('reads rows that lie across chunks', async () => {
    const lines = Array.from(
      { length: 3000 },
      (_none, index) => `{"id":${index},"text":"${'你😀'.repeat(index % 200)}"}`,
    )
    expect(await read(lines.join('\r\n'))).toEqual(lines.map((line, index) => [index + 1, line]))
  })
})
