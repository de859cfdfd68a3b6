import { PromptmillError } from '../core/errors.js'
import type { TableRow } from '../core/model.js'
import { createBatches } from './batches.js'
import { type Dialect, decideDialect, holdsHeader } from './dialect.js'
import { type Encoding, skipBytes } from './encoding.js'
import { emptyInput, type InputFile, type OnBytes } from './file.js'
import { createLineCounter } from './newlines.js'
import { createRecordReader, RecordFault } from './records.js'
import { checkHeader, raggedRow, type TablePlace, unreadableRecord } from './table-faults.js'
import { readText } from './text.js'

/** A table whose beginning has been read. */
export interface Table {
  readonly file: InputFile
  readonly encoding: Encoding
  readonly maxLineBytes: number
  readonly dialect: Dialect
  /** The header, every name there once. */
  readonly columns: readonly string[]
}

/** No header is longer, in characters: what is, is no table. */
const longestHeader = 2 ** 20

const tableText = ({ file, encoding, dialect }: Omit<Table, 'columns'>, onBytes?: OnBytes): AsyncIterable<Buffer> =>
  skipBytes(readText(file, encoding, onBytes), dialect.skipBytes)

const readStart = async (file: InputFile, encoding: Encoding): Promise<string> => {
  let start = ''
  for await (const chunk of readText(file, encoding)) {
    start += chunk.toString()
    if (holdsHeader(start)) return start
    if (start.length > longestHeader) {
      throw new PromptmillError(
        'bad_input',
        `${file.name}: the header line has no end within ${longestHeader} characters`,
        {
          hint: 'Check that the file is a table (CSV or TSV) and that the quotes in its first line are closed',
        },
      )
    }
  }
  if (start.trim() === '') throw emptyInput(file.name)
  return start
}

/** Reads again up to the faulty cell: a row's cells may hold line ends, so it may begin on a later line than its row. */
const findCellLine = async (table: Omit<Table, 'columns'>, fault: RecordFault): Promise<number> => {
  if (fault.cell === 0) return fault.line
  const counter = createLineCounter(table.dialect.newline)
  let left = fault.offset
  for await (const chunk of tableText(table)) {
    counter.add(chunk.subarray(0, left).toString('latin1'))
    left -= chunk.length
    if (left <= 0) break
  }
  return table.dialect.firstLine + counter.count
}

const explain = async (error: unknown, table: Table, index: number): Promise<unknown> => {
  if (!(error instanceof RecordFault)) return error
  const place: TablePlace = { name: table.file.name, index, line: error.line }
  const cell = { cell: error.cell, column: table.columns[error.cell], line: await findCellLine(table, error) }
  return unreadableRecord(error.code, place, { cell, maxLineBytes: table.maxLineBytes })
}

/** What is known of a table before its beginning is read. */
export type TableFacts = Pick<Table, 'file' | 'encoding' | 'maxLineBytes'> & {
  readonly format: 'csv' | 'tsv'
  readonly delimiter: string | undefined
}

/**
 * Reads the beginning of a table: delimiter, line ends, header.
 * @throws PromptmillError `bad_input` for an empty file, a header that cannot be read, a name missing or there twice
 */
export const openTable = async ({ format, delimiter, ...facts }: TableFacts): Promise<Table> => {
  const { dialect, header } = decideDialect(await readStart(facts.file, facts.encoding), format, delimiter)
  let columns: readonly string[] = []
  const reader = createRecordReader(dialect, facts.maxLineBytes, (cells, line) => {
    checkHeader({ name: facts.file.name, index: -1, line }, cells)
    columns = cells
  })
  try {
    await reader.write(Buffer.from(header))
    await reader.end()
  } catch (error) {
    throw await explain(error, { ...facts, dialect, columns }, -1)
  } finally {
    reader.close()
  }
  return { ...facts, dialect, columns }
}

/**
 * Reads the rows of a table from the file's start, in batches. Blank lines are no rows.
 * @throws PromptmillError `bad_input` with row and line, after the rows before it, for a ragged row or a misplaced quote
 */
export async function* readTable(table: Table, onBytes?: OnBytes): AsyncGenerator<readonly TableRow[]> {
  const { file, dialect, columns, maxLineBytes } = table
  // The header is a record too.
  let index = -1
  const batches = createBatches<TableRow>()
  const reader = createRecordReader(dialect, maxLineBytes, (cells, line) => {
    if (cells.length !== columns.length) throw raggedRow({ name: file.name, index, line }, cells.length, columns.length)
    if (index !== -1) batches.push({ form: 'table', index, line, cells })
    index++
  })
  try {
    for await (const text of tableText(table, onBytes)) {
      await reader.write(text)
      yield* batches.take()
    }
    await reader.end()
    yield* batches.take()
  } catch (error) {
    yield* batches.take()
    throw await explain(error, table, index)
  } finally {
    reader.close()
  }
}
