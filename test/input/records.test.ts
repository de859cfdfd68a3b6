import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/input/dialect.js'
import { createRecordReader, RecordFault } from '../../src/input/records.js'
import { inPieces } from './workspace.js'

const comma: Dialect = { delimiter: ',', newline: 'lf', skipBytes: 0, firstLine: 1 }

interface Read {
  readonly cells: readonly string[]
  readonly line: number
}

const read = async (text: string, dialect = comma, options: { piece?: number; max?: number } = {}): Promise<Read[]> => {
  const records: Read[] = []
  const reader = createRecordReader(dialect, options.max ?? 2 ** 20, (cells, line) => records.push({ cells, line }))
  try {
    const bytes = Buffer.from(text)
    for await (const piece of inPieces(bytes, options.piece ?? bytes.length)) await reader.write(piece)
    await reader.end()
    return records
  } finally {
    reader.close()
  }
}

/** A table as it is written, and what it must be read as: made side by side, with a counter too simple to be wrong. */
interface Written {
  readonly text: string
  readonly records: readonly Read[]
}

const isLineEnd = /\r\n|\r|\n/g

const write = (
  rows: readonly (readonly string[])[],
  layout: { end: string; delimiter: string; blanks: readonly number[]; last: boolean },
): Written => {
  const universal = layout.end === '\r'
  const lineOf = (text: string): number => 1 + (text.match(universal ? isLineEnd : /\n/g)?.length ?? 0)
  let text = ''
  const records: Read[] = []
  for (const [index, cells] of rows.entries()) {
    text += layout.end.repeat(layout.blanks[index] ?? 0)
    records.push({ cells, line: lineOf(text) })
    const quoted = cells.map(cell =>
      cell === '' || cell.includes(layout.delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    text += quoted.join(layout.delimiter) + layout.end
  }
  return { text: layout.last ? text : text.slice(0, text.length - layout.end.length), records }
}

describe('createRecordReader', () => {
  it('I2: reads back what was written, each record at its true line, wherever the bytes are cut', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\t', '\n', '\r', '\r\n', ' ', '你', '😀', '\0'),
      maxLength: 6,
    })
    const layout = fc.record({
      end: fc.constantFrom('\n', '\r\n', '\r'),
      delimiter: fc.constantFrom(',', ';', '\t', '||'),
      blanks: fc.array(fc.nat(2), { maxLength: 8 }),
      last: fc.boolean(),
    })
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(rows, layout, fc.integer({ min: 1, max: 64 }), async (table, how, piece) => {
        const written = write(table, how)
        const dialect: Dialect = { ...comma, delimiter: how.delimiter, newline: how.end === '\r' ? 'any' : 'lf' }
        expect(await read(written.text, dialect, { piece })).toEqual(written.records)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps cells exactly as they are, without trimming or casting', async () => {
    const cells = [' a ', '007', '1e3', 'true', 'null', '\u00a0b\u3000', '=1+1', '2024-01-01']
    expect(await read(`${cells.join(',')}\n`)).toEqual([{ cells, line: 1 }])
  })

  it.each([
    ['a blank line', 'a\n\nb\n', [1, 3]],
    ['a line of CRLF', 'a\r\n\r\nb\r\n', [1, 3]],
    ['a quoted empty cell, which is a record', 'a\n""\nb', [1, 2, 3]],
    ['line ends that are mixed', 'a\r\nb\nc\r\n\nd', [1, 2, 3, 5]],
    ['a quoted CRLF', '"a\r\nb"\r\nc', [1, 3]],
    ['a lone CR in a cell, which ends no line', 'a\rb\nc', [1, 2]],
    ['blank lines at the start', '\n\r\na\nb', [3, 4]],
  ])('counts lines over %s', async (_title, text, lines) => {
    expect((await read(text)).map(record => record.line)).toEqual(lines)
  })

  it('counts lines from the first line of the table', async () => {
    expect((await read('a\nb', { ...comma, firstLine: 2 })).map(record => record.line)).toEqual([2, 3])
  })

  it.each([
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', 'CSV_QUOTE_NOT_CLOSED', { line: 2, cell: 1 }],
    ['text after a closing quote', 'a,b\n\n"1"x,2\n', 'CSV_INVALID_CLOSING_QUOTE', { line: 3, cell: 0 }],
    ['a quote inside an unquoted cell', 'a,b\n"1\r\n2",x"y"\n', 'INVALID_OPENING_QUOTE', { line: 2, cell: 1 }],
    ['a space before the quote', 'a,b\n1, "2"\n', 'INVALID_OPENING_QUOTE', { line: 2, cell: 1 }],
  ])('I4: refuses %s and says where', async (_title, text, code, place) => {
    const fault: unknown = await read(text).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(RecordFault)
    expect(fault).toMatchObject({ code, ...place })
  })

  it('refuses a record above the limit instead of taking in the file', async () => {
    const text = `a,b\n1,"2\n${'x\n'.repeat(2000)}`
    await expect(read(text, comma, { max: 1000, piece: 64 })).rejects.toMatchObject({
      code: 'CSV_MAX_RECORD_SIZE',
      line: 2,
      cell: 1,
    })
    expect(await read(`${'x'.repeat(500)},${'y'.repeat(499)}`, comma, { max: 1000 })).toHaveLength(1)
  })

  it.each([1, 1000])('ends with the very error that the taker throws, in pieces of %i bytes', async piece => {
    const reader = createRecordReader(comma, 1000, (_cells, line) => {
      if (line === 2) throw new RangeError('enough')
    })
    const feed = async (): Promise<void> => {
      for await (const bytes of inPieces(Buffer.from('a\nb\nc'), piece)) await reader.write(bytes)
      await reader.end()
    }
    await expect(feed()).rejects.toThrow(new RangeError('enough'))
    reader.close()
  })

  it('passes on what the taker throws for the last record, which no line end follows', async () => {
    const reader = createRecordReader(comma, 1000, () => {
      throw new RangeError('enough')
    })
    await reader.write(Buffer.from('a'))
    await expect(reader.end()).rejects.toThrow(new RangeError('enough'))
    reader.close()
  })

  it('reads nothing from nothing', async () => {
    expect(await read('')).toEqual([])
    expect(await read('\n\r\n')).toEqual([])
  })
})
