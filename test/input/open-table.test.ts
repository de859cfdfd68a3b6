import { mkdir } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/model.js'
import { type InputOptions, openInput } from '../../src/input/open.js'
import { failureOf, readAll, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

/** Cells and lines of a file's rows, in short. */
const read = async (content: string | Uint8Array, options: InputOptions = {}, name = 'a.csv') => {
  const rows = await readAll(await workspace.write(name, content), options)
  return rows.map(row => [row.line, ...(row.form === 'table' ? row.cells : [row.form])])
}

const fail = async (content: string | Uint8Array, options: InputOptions = {}) =>
  failureOf(readAll(await workspace.write('a.csv', content), { name: 'a.csv', ...options }))

describe('openInput on a table', () => {
  it('gives header, form, size and rows with their places', async () => {
    const path = await workspace.write('a.csv', 'id,text\n1,"a\nb"\n2,\n')
    const input = await openInput(path, {})
    expect(input).toMatchObject({
      files: [{ path, name: path }],
      name: path,
      format: 'csv',
      form: 'table',
      columns: ['id', 'text'],
      bytes: 19,
    })
    expect(await readAll(path)).toEqual([
      { form: 'table', index: 0, line: 2, cells: ['1', 'a\nb'] },
      { form: 'table', index: 1, line: 4, cells: ['2', ''] },
    ])
  })

  it('hands ragged rows over as rows that cannot be read, where that is asked for', async () => {
    expect(await read('a,b\n1\n2,3\n4,5,6\n', { keepRagged: true })).toEqual([
      [2, 'unreadable'],
      [3, '2', '3'],
      [4, 'unreadable'],
    ])
  })

  it.each([
    ['quotes, quoted delimiters and newlines', 'a,b\n"x, ""y""","1\n2"\n', [[2, 'x, "y"', '1\n2']]],
    [
      'CRLF',
      'a,b\r\n1,"x\r\ny"\r\n3,4\r\n',
      [
        [2, '1', 'x\r\ny'],
        [4, '3', '4'],
      ],
    ],
    [
      'lone CR',
      'a,b\r1,"x\ry"\r3,4',
      [
        [2, '1', 'x\ry'],
        [4, '3', '4'],
      ],
    ],
    ['no final newline', 'a,b\n1,2', [[2, '1', '2']]],
    [
      'blank lines, which are no rows',
      '\na,b\n\n\n1,2\n\n3,4\n\n',
      [
        [5, '1', '2'],
        [7, '3', '4'],
      ],
    ],
    [
      'an empty quoted cell as a row',
      'a\n""\n\nx\n',
      [
        [2, ''],
        [4, 'x'],
      ],
    ],
    ['a header alone', 'a,b\n', []],
    ['a header without a newline', 'a,b', []],
    ['the sep= line of Excel, true to the line numbers', 'sep=;\r\na;b\r\n1;2,0\r\n', [[3, '1', '2,0']]],
    ['semicolons with commas in the rows', 'a;b\n1,5;"2;5"\n', [[2, '1,5', '2;5']]],
    ['one column of sentences', 'prompt\nHello there; how are you?\n', [[2, 'Hello there; how are you?']]],
    ['columns named like members of Object', '__proto__,constructor,toString\n1,2,3\n', [[2, '1', '2', '3']]],
    ['a NUL and control characters', 'a,b\n\0x,\u001b[31m\n', [[2, '\0x', '\u001b[31m']]],
    ['braces and formulas', 'a,b\n{{b}},=1+1\n', [[2, '{{b}}', '=1+1']]],
  ])('reads %s', async (_title, content, rows) => {
    expect(await read(content)).toEqual(rows)
  })

  it('reads TSV with tabs, and takes --delimiter over everything', async () => {
    expect(await read('a,b\tc\n1,2\t3\n', {}, 'a.tsv')).toEqual([[2, '1,2', '3']])
    expect(await read('a;b,c,d\n1;2,3,4\n', { delimiter: ';' })).toEqual([[2, '1', '2,3,4']])
  })

  it.each([
    ['a UTF-8 mark', '\uFEFF', {}, 'utf8'],
    ['a UTF-16 mark', '\uFEFF', {}, 'utf16le'],
    ['UTF-16 by name', '', { encoding: 'utf-16le' }, 'utf16le'],
  ] as const)('reads text with %s', async (_title, mark, options, encoding) => {
    const content = Buffer.from(`${mark}"编号",b\r\n你,"é\n😀"\r\nx,y`, encoding)
    const path = await workspace.write('a.csv', content)
    expect((await openInput(path, options)).columns).toEqual(['编号', 'b'])
    expect(await read(content, options)).toEqual([
      [2, '你', 'é\n😀'],
      [4, 'x', 'y'],
    ])
  })

  it('I1: reads what Chinese Excel saves, once it is told so', async () => {
    const content = Buffer.from('b1e0bac52ccecacce20d0ac4e3bac32c80', 'hex')
    expect((await fail(content)).message).toMatch(/--encoding gb18030 +编号,问题/)
    expect(await read(content, { encoding: 'gbk' })).toEqual([[2, '你好', '€']])
  })

  describe('in UTF-16 without a mark', () => {
    const wide = (text: string, label: string): Buffer => {
      const bytes = Buffer.from(text, 'utf16le')
      return label === 'utf-16le' ? bytes : bytes.swap16()
    }
    it.each(['utf-16le', 'utf-16be'])('I1: is told with its header as %s reads it, and read so', async label => {
      for (const header of ['编号,提示', '"一","二"', '请把下面这段文字翻译成英文', '提示']) {
        const cells = header.includes(',') ? '1,一' : '一'
        const content = wide(`${header}\r\n${cells}\r\n`, label)
        const { code, message, hint } = await fail(content)
        expect(code).toBe('bad_input')
        expect(message).toMatch(/^a\.csv (looks like UTF-16|is not UTF-8)/)
        expect(message).toContain(`. Its header in another encoding:\n  --encoding ${label}  ${header}`)
        expect(hint).toBe(`Nothing was sent. If that reads right, give --encoding ${label}`)
        expect(await read(content, { encoding: label })).toEqual([[2, ...cells.split(',')]])
      }
    })

    it.each([
      ['the header is ASCII', 'id,prompt\n1,你好吗\n', {}],
      ['there is no header', '1,你好吗\n2,再见\n', { columns: 'numbered' }],
    ] as const)('is told by the first other characters where %s', async (_title, text, options) => {
      const { message } = await fail(wide(text, 'utf-16le'), options)
      expect(message).toMatch(/characters that are not ASCII in another encoding:\n {2}--encoding utf-16le {2}你好吗$/)
    })
  })

  it('reads .gz, by content and not by name', async () => {
    expect(await read(gzipSync('a,b\n1,2\n'), {}, 'a.csv.gz')).toEqual([[2, '1', '2']])
    expect(await read(gzipSync('sep=;\na;b\n1;2\n'), {}, 'b.csv')).toEqual([[3, '1', '2']])
    expect(await read('a,b\n1,2\n', {}, 'c.csv.gz')).toEqual([[2, '1', '2']])
  })

  it.each([
    ['an empty file', '', 'a.csv is empty'],
    ['a byte order mark alone', '\uFEFF', 'a.csv is empty'],
    ['blank lines alone', '\n\r\n\n', 'a.csv is empty'],
    ['a name that is there twice', 'a,b,a\n', 'a.csv, header (line 1): columns 1 and 3 have the same name, "a"'],
    ['an empty name', 'a,,b\n', 'a.csv, header (line 1): column 2 of 3 has no name'],
    ['a blank name at the end', 'sep=,\n\na,b, \n', 'a.csv, header (line 3): column 3 of 3 has no name'],
    [
      'a quote in the header',
      'a,b"c\n1,2\n',
      'a.csv, header (line 1): in cell 2 a quote stands in a cell that does not begin with one',
    ],
    [
      'a header quote that is never closed',
      '"a,b\n1,2\n',
      'a.csv, header (line 1): the quote that opens cell 1 is never closed',
    ],
    ['UTF-16 without a mark', Buffer.from('a,b\n', 'utf16le'), 'a.csv looks like UTF-16 without a byte order mark'],
    ['a NUL in the header', 'a,\0b\n', 'a.csv, header (line 1) holds NUL characters'],
    ['a row with too many cells', 'a,b\n1,2\n\n1,2,3\n', 'a.csv, row 2 (line 4) has 3 cells, the header has 2 columns'],
    [
      'a row with too few cells',
      'a,b\n"1\n2","x\n"\n1\n',
      'a.csv, row 2 (line 5) has 1 cell, the header has 2 columns',
    ],
    [
      'a comma too many in a single column',
      'prompt\nHi, you\n',
      'a.csv, row 1 (line 2) has 2 cells, the header has 1 column',
    ],
    [
      'a quote inside a cell',
      'a,b\n1,say "x"\n',
      'a.csv, row 1 (line 2): in column "b" a quote stands in a cell that does not begin with one',
    ],
    [
      'text after a quoted cell',
      'a,b\r\n"1"2,3\r\n',
      'a.csv, row 1 (line 2): in column "a" text follows the closing quote',
    ],
    [
      'a quote that is never closed',
      'a,b\n1,2\n3,"4\n5,6\n',
      'a.csv, row 2 (line 3): the quote that opens column "b" is never closed',
    ],
    [
      'such a quote on a later line than its row',
      'sep=,\na,b\n1,2\n"3\n\n4","5\n6,7\n',
      'a.csv, row 2 (line 4): the quote that opens column "b" (line 6) is never closed',
    ],
    [
      'such a quote in a file of lone CR',
      'a,b\r"3\r4","5\r6,7\r',
      'a.csv, row 1 (line 2): the quote that opens column "b" (line 3) is never closed',
    ],
  ])('I4: refuses %s', async (_title, content, message) => {
    const error = await fail(content)
    expect(error).toMatchObject({ code: 'bad_input', message })
    expect(error.hint).toMatch(/\w/)
  })

  it('refuses a header that does not end', async () => {
    expect((await fail(`a,"b\n${'x\n'.repeat(600_000)}`)).message).toContain('the first line has no end')
  })

  it('I3: refuses a row above the limit and names the quote that is not closed', async () => {
    const error = await fail(`a,b\n1,2\n3,"4\n${'5,6\n'.repeat(100_000)}`, { maxLineBytes: 2048 })
    expect(error.message).toBe(
      'a.csv, row 2 (line 3) is longer than 2 KiB, the limit of a row; column "b" does not end before that',
    )
    expect(error.hint).toContain('never closed')
  })

  it('finds the faulty cell in a file far larger than a chunk', async () => {
    const rows = Array.from({ length: 60_000 }, (_none, index) => `${index},"line\nbreak, 你"\n`).join('')
    const error = await fail(`a,b\n${rows}"x\ny",z"\n`)
    expect(error.message).toBe(
      'a.csv, row 60001 (line 120002): in column "b" (line 120003) a quote stands in a cell that does not begin with one',
    )
  })

  it('I1: names the line that is not UTF-8, in the header or after it', async () => {
    expect((await fail(Buffer.from('a,\xe9\n', 'latin1'))).message).toContain('is not UTF-8: the header (line 1)')
    expect((await fail(Buffer.from('a,b\n1,2\n3,\xe9\n', 'latin1'))).message).toContain('is not UTF-8: row 2 (line 3)')
  })

  it('hands over the rows before a fault, then fails', async () => {
    const path = await workspace.write('a.csv', 'a\n1\n2\n3,4\n5\n')
    const rows: Row[] = []
    const reading = async (): Promise<void> => {
      for await (const batch of (await openInput(path, {})).rows()) rows.push(...batch)
    }
    expect((await failureOf(reading())).message).toContain('row 3 (line 4)')
    expect(rows.map(row => row.line)).toEqual([2, 3])
  })

  it('hands rows over in batches, the same in every pass, and says how far it is', async () => {
    const content = `a,b\n${Array.from({ length: 60_000 }, (_none, index) => `${index},text\n`).join('')}`
    const input = await openInput(await workspace.write('a.csv', content), {})
    for (let pass = 0; pass < 2; pass++) {
      const shares: number[] = []
      let rows = 0
      for await (const batch of input.rows(share => shares.push(share))) {
        expect(batch.length).toBeLessThanOrEqual(500)
        expect(batch[0]).toMatchObject({ index: rows, line: rows + 2, cells: [String(rows), 'text'] })
        rows += batch.length
      }
      expect(rows).toBe(60_000)
      expect(shares).toEqual(shares.toSorted((one, other) => one - other))
      expect([shares.length > 1, shares.at(-1)]).toEqual([true, 1])
    }
  })

  it('calls an input by the name it is given', async () => {
    await mkdir(workspace.path('run'))
    const path = await workspace.write('run/input.csv', 'a\n1,2\n')
    const options = { format: 'csv', name: 'standard input' } as const
    expect((await openInput(path, options)).name).toBe('standard input')
    expect((await failureOf(readAll(path, options))).message).toMatch(/^standard input, row 1 \(line 2\)/)
  })

  describe('without a header line', () => {
    it('calls its columns by number or as it is told, and takes the first line for a row', async () => {
      const path = await workspace.write('a.csv', '\n1,"a, b"\n2,c\n')
      expect((await openInput(path, { columns: 'numbered' })).columns).toEqual(['col_1', 'col_2'])
      expect((await openInput(path, { columns: ['id', 'text'] })).columns).toEqual(['id', 'text'])
      expect(await readAll(path, { columns: ['id', 'text'] })).toEqual([
        { form: 'table', index: 0, line: 2, cells: ['1', 'a, b'] },
        { form: 'table', index: 1, line: 3, cells: ['2', 'c'] },
      ])
    })

    it('takes cells that would be no names', async () => {
      const path = await workspace.write('a.csv', 'a,a,\n')
      expect(await readAll(path, { columns: 'numbered' })).toMatchObject([{ cells: ['a', 'a', ''] }])
    })

    it.each([
      ['the names', ['a', 'b'], 'x,y\n1,2,3\n', 'a.csv, row 2 (line 2) has 3 cells, --columns names 2'],
      ['the names, in the first row', ['a', 'b'], 'x\n', 'a.csv, row 1 (line 1) has 1 cell, --columns names 2'],
      ['the first row', 'numbered', 'x,y\n1\n', 'a.csv, row 2 (line 2) has 1 cell, the first row has 2'],
    ] as const)('holds rows to as many cells as %s say', async (_title, columns, content, message) => {
      const path = await workspace.write('a.csv', content)
      expect((await failureOf(readAll(path, { columns, name: 'a.csv' }))).message).toBe(message)
    })

    it('is told what to do where the names are too few or too many from the first row on', async () => {
      const path = await workspace.write('a.csv', '1,x,y\n2,z,\n')
      for (const columns of [
        ['a', 'b'],
        ['a', 'b', 'c', 'd'],
      ]) {
        expect((await failureOf(readAll(path, { columns }))).hint).toMatch(/^Name every cell of a row in --columns/)
      }
      const misread = await workspace.write('b.csv', '1,x; y,z\n2,,\n')
      const { message, hint } = await failureOf(readAll(misread, { columns: ['a', 'b'] }))
      expect(message).toMatch(/row 2 \(line 2\) has 1 cell, --columns names 2$/)
      expect(hint).toContain('give a --delimiter')
    })

    it('names the row that is not in the encoding', async () => {
      const path = await workspace.write('a.csv', Buffer.from('x,y\nz,\xe9\n', 'latin1'))
      const error = await failureOf(readAll(path, { columns: 'numbered' }))
      expect(error.message).toContain('is not UTF-8: row 2 (line 2) holds')
    })

    it('is empty without a row', async () => {
      const path = await workspace.write('a.csv', '\n')
      expect((await failureOf(readAll(path, { columns: 'numbered' }))).message).toContain('is empty')
    })
  })
})
