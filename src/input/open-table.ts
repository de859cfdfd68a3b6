import { PromptmillError } from '../core/errors.js'
import { type DialectHints, decideDialect, holdsHeader } from './dialect.js'
import { skipBytes } from './encoding.js'
import { emptyInput } from './file.js'
import { createRecordReader } from './records.js'
import { checkHeader, raggedRow, type Width } from './table-faults.js'
import { explainRecord, findLastRecord, indexOfFirst, type TableLayout } from './table-text.js'
import { type RowFinder, readText } from './text.js'

/** The columns of a table without a header line: their names, or none, and then `col_1`, `col_2`, … */
export type GivenColumns = readonly string[] | 'numbered'

/** A table whose beginning has been read. */
export interface Table extends TableLayout {
  /** The names of the columns, every one there once. */
  readonly columns: readonly string[]
  readonly width: Width
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

const oneChunk = async function* (text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

/** Finds the row before the dialect is known: no more is read of such a file than its beginning. */
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

/** No header is longer, in characters: what is, is no table. */
const longestHeader = 2 ** 20

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

/** The first record of a table, and the line on which it begins. */
const readFirstRecord = async (layout: TableLayout, header: string) => {
  let first: { readonly cells: readonly string[]; readonly line: number } = { cells: [], line: 1 }
  const reader = createRecordReader(layout.dialect, layout.maxLineBytes, (cells, line) => {
    first = { cells, line }
  })
  try {
    await reader.write(Buffer.from(header))
    await reader.end()
  } catch (error) {
    throw await explainRecord(error, { layout, columns: [], index: indexOfFirst(layout) })
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
  const layout: TableLayout = { file, encoding, maxLineBytes, dialect, hasHeader: given === undefined }
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
