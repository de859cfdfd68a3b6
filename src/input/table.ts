import { PromptmillError } from '../core/errors.js'
import type { TableRow } from '../core/model.js'
import { createBatches } from './batches.js'
import { type Dialect, type DialectHints, decideDialect, holdsHeader } from './dialect.js'
import { type Encoding, skipBytes } from './encoding.js'
import { emptyInput, type InputFile, type OnBytes } from './file.js'
import { createLineCounter } from './newlines.js'
import { createRecordReader, RecordFault } from './records.js'
import { checkHeader, raggedRow, type TablePlace, unreadableRecord, type Width } from './table-faults.js'
import { type RowFinder, readText } from './text.js'

/** The columns of a table without a header line: their names, or none, and then `col_1`, `col_2`, … */
export type GivenColumns = readonly string[] | 'numbered'

/** A table whose beginning has been read. */
export interface Table {
  readonly file: InputFile
  readonly encoding: Encoding
  readonly maxLineBytes: number
  readonly dialect: Dialect
  /** Whether the first record is the header. */
  readonly hasHeader: boolean
  /** The names of the columns, every one there once. */
  readonly columns: readonly string[]
  readonly width: Width
}

type Layout = Pick<Table, 'file' | 'encoding' | 'maxLineBytes' | 'dialect' | 'hasHeader'>

/** No header is longer, in characters: what is, is no table. */
const longestHeader = 2 ** 20

const indexOfFirst = ({ hasHeader }: Pick<Table, 'hasHeader'>): number => (hasHeader ? -1 : 0)

/** The index of the record in which a text stops; -1 is the header. */
const findLastRecord = async (text: AsyncIterable<Buffer>, layout: Layout): Promise<number> => {
  let index = indexOfFirst(layout)
  const reader = createRecordReader(layout.dialect, layout.maxLineBytes, () => {
    index++
  })
  try {
    for await (const chunk of text) await reader.write(chunk)
    // csv-parse keeps the last few bytes back until it has seen what follows them.
    await reader.write(Buffer.alloc(64, 'x'))
  } catch (error) {
    // A record that cannot be read ends the counting: the text is wrong in more than one way.
    if (!(error instanceof RecordFault)) throw error
  } finally {
    reader.close()
  }
  return index
}

const tableText = (layout: Layout, onBytes?: OnBytes): AsyncIterable<Buffer> => {
  const { file, encoding, dialect } = layout
  const finder: RowFinder = {
    hasHeader: layout.hasHeader,
    findRow: text => findLastRecord(skipBytes(text, dialect.skipBytes), layout),
  }
  return skipBytes(readText(file, encoding, { onBytes, finder }), dialect.skipBytes)
}

const oneChunk = async function* (text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

/** The same before the dialect is known: no more is read of such a file than its beginning. */
const createStartFinder = (facts: TableFacts): RowFinder => ({
  hasHeader: facts.given === undefined,
  async findRow(text) {
    let start = ''
    for await (const chunk of text) start += chunk.toString()
    const { dialect } = decideDialect(start, hintsOf(facts))
    const layout = { ...facts, dialect, hasHeader: facts.given === undefined }
    return findLastRecord(skipBytes(oneChunk(start), dialect.skipBytes), layout)
  },
})

const readStart = async (facts: TableFacts): Promise<string> => {
  const { file, encoding } = facts
  let start = ''
  for await (const chunk of readText(file, encoding, { finder: createStartFinder(facts) })) {
    start += chunk.toString()
    if (holdsHeader(start)) return start
    if (start.length > longestHeader) {
      throw new PromptmillError(
        'bad_input',
        `${file.name}: the first line has no end within ${longestHeader} characters`,
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
const findCellLine = async (layout: Layout, fault: RecordFault): Promise<number> => {
  if (fault.cell === 0) return fault.line
  const counter = createLineCounter(layout.dialect.newline)
  let left = fault.offset
  for await (const chunk of tableText(layout)) {
    counter.add(chunk.subarray(0, left).toString('latin1'))
    left -= chunk.length
    if (left <= 0) break
  }
  return layout.dialect.firstLine + counter.count
}

interface Reading {
  readonly layout: Layout
  readonly columns: readonly string[]
  readonly index: number
}

const explain = async (error: unknown, { layout, columns, index }: Reading): Promise<unknown> => {
  if (!(error instanceof RecordFault)) return error
  const place: TablePlace = { name: layout.file.name, index, line: error.line }
  const cell = { cell: error.cell, column: columns[error.cell], line: await findCellLine(layout, error) }
  return unreadableRecord(error.code, place, { cell, maxLineBytes: layout.maxLineBytes })
}

/** What is known of a table before its beginning is read. */
export type TableFacts = Pick<Table, 'file' | 'encoding' | 'maxLineBytes'> &
  Pick<DialectHints, 'format' | 'delimiter'> & {
    /** For a table without a header line. */
    readonly given: GivenColumns | undefined
  }

const hintsOf = ({ format, delimiter, given }: TableFacts): DialectHints => ({
  format,
  delimiter,
  columns: given === undefined || given === 'numbered' ? undefined : given.length,
})

/** The first record of a table, and the line on which it begins. */
const readFirstRecord = async (layout: Layout, header: string) => {
  const { hasHeader } = layout
  let first: { readonly cells: readonly string[]; readonly line: number } = { cells: [], line: 1 }
  const reader = createRecordReader(layout.dialect, layout.maxLineBytes, (cells, line) => {
    first = { cells, line }
  })
  try {
    await reader.write(Buffer.from(header))
    await reader.end()
  } catch (error) {
    throw await explain(error, { layout, columns: [], index: indexOfFirst({ hasHeader }) })
  } finally {
    reader.close()
  }
  return first
}

/**
 * Reads the beginning of a table: delimiter, line ends, header.
 * @throws PromptmillError `bad_input` for an empty file, a header that cannot be read, a name missing or there twice,
 * a first row that has not as many cells as names were given
 */
export const openTable = async (facts: TableFacts): Promise<Table> => {
  const { file, encoding, maxLineBytes, given } = facts
  const { dialect, header } = decideDialect(await readStart(facts), hintsOf(facts))
  const layout: Layout = { file, encoding, maxLineBytes, dialect, hasHeader: given === undefined }
  const { cells, line } = await readFirstRecord(layout, header)
  if (given === undefined) {
    checkHeader({ name: file.name, index: -1, line }, cells)
    return { ...layout, columns: cells, width: { columns: cells.length, toldBy: 'header' } }
  }
  if (given === 'numbered') {
    const columns = cells.map((_cell, place) => `col_${place + 1}`)
    return { ...layout, columns, width: { columns: columns.length, toldBy: 'first row' } }
  }
  const width: Width = { columns: given.length, toldBy: 'flag' }
  if (cells.length !== given.length) throw raggedRow({ name: file.name, index: 0, line }, cells.length, width)
  return { ...layout, columns: given, width }
}

/**
 * Reads the rows of a table from the file's start, in batches. Blank lines are no rows.
 * @throws PromptmillError `bad_input` with row and line, after the rows before it, for a ragged row or a misplaced quote
 */
export async function* readTable(table: Table, onBytes?: OnBytes): AsyncGenerator<readonly TableRow[]> {
  const { file, dialect, columns, width, maxLineBytes } = table
  const cellsPerRow = columns.length
  let index = indexOfFirst(table)
  const batches = createBatches<TableRow>()
  const reader = createRecordReader(dialect, maxLineBytes, (cells, line) => {
    if (cells.length !== cellsPerRow) throw raggedRow({ name: file.name, index, line }, cells.length, width)
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
    throw await explain(error, { layout: table, columns, index })
  } finally {
    reader.close()
  }
}
