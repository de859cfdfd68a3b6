import { type Parser, parse } from 'csv-parse'
import type { Dialect } from './dialect.js'
import { countNewlines } from './newlines.js'

/** A record of a table that cannot be read, told by csv-parse's code. */
export class RecordFault extends Error {
  constructor(
    readonly code: string,
    /** Line of the file on which the record begins. */
    readonly line: number,
    /** Place of the faulty cell in its record, from 0. */
    readonly cell: number,
    /** Offset in the table's text of what stands before the faulty cell, on the same line as it. */
    readonly offset: number,
  ) {
    super(code)
  }
}

/** Takes a record, header included: its cells exactly as written, and the line of the file on which it begins. */
export type OnRecord = (cells: string[], line: number) => void

/** Turns a table's text into records, piece by piece. Whatever `onRecord` throws ends the reading. */
export interface RecordReader {
  /** Resolves once the records that end in this piece have been handed over. */
  write(text: Buffer): Promise<void>
  /** Hands over the last record, if no line end follows it. */
  end(): Promise<void>
  close(): void
}

const readPlace = (error: Error, key: 'column' | 'bytes'): number => {
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'number' ? value : 0
}

/**
 * csv-parse, its records taken where it pushes them. On its readable side each would cost an event and come too late for
 * the tally of blank lines; its `on_record` copies the parser's state for each, which takes half as long again.
 */
const createParser = (dialect: Dialect, maxRecordBytes: number, onCells: (cells: string[]) => void): Parser => {
  const parser = parse({
    delimiter: dialect.delimiter,
    record_delimiter: dialect.newline === 'lf' ? ['\r\n', '\n'] : ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxRecordBytes,
  })
  parser.push = (cells: string[] | null) => {
    if (cells !== null) onCells(cells)
    return true
  }
  // An error also reaches the callback of `write` or `end`; without a listener it would end the process.
  parser.on('error', () => undefined)
  return parser
}

/**
 * Reads records: RFC 4180 quoting, no trimming, no casting, blank lines left out. A record of more than
 * `maxRecordBytes` is refused, so that a quote which is never closed does not swallow the file.
 *
 * csv-parse counts lines otherwise than an editor does (a CRLF within quotes as two), so they are counted here: a record
 * takes one line and one more for each line end in its cells, and blank lines are csv-parse's own tally.
 */
export const createRecordReader = (dialect: Dialect, maxRecordBytes: number, onRecord: OnRecord): RecordReader => {
  let taken = 0
  let refusal: unknown
  const line = (): number => dialect.firstLine + taken + parser.info.empty_lines
  const parser = createParser(dialect, maxRecordBytes, cells => {
    if (refusal !== undefined) return
    try {
      onRecord(cells, line())
    } catch (error) {
      // Thrown further from within the stream, it would reach nobody.
      refusal = error
    }
    for (const cell of cells) taken += countNewlines(cell, dialect.newline)
    taken++
  })
  const explain = (error: Error): Error =>
    'code' in error
      ? new RecordFault(String(error.code), line(), readPlace(error, 'column'), readPlace(error, 'bytes'))
      : error
  const settle = (start: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      start(error => {
        if (refusal !== undefined) reject(refusal)
        else if (error) reject(explain(error))
        else resolve()
      })
    })
  return {
    write: text => settle(done => parser.write(text, done)),
    end: () => settle(done => parser.end(done)),
    close: () => {
      parser.destroy()
    },
  }
}
