import type { Dialect } from './dialect.js'
import { type Encoding, skipBytes } from './encoding.js'
import type { InputFile, OnBytes } from './file.js'
import { createLineCounter } from './newlines.js'
import { createRecordReader, RecordFault } from './records.js'
import { type TablePlace, unreadableRecord } from './table-faults.js'
import { type RowFinder, readText } from './text.js'

/** How a table is read, before its columns are known. */
export interface TableLayout {
  readonly file: InputFile
  readonly encoding: Encoding
  readonly maxLineBytes: number
  readonly dialect: Dialect
  /** Whether the first record is the header. */
  readonly hasHeader: boolean
}

/** The index of the first record: -1 is the header. */
export const indexOfFirst = ({ hasHeader }: TableLayout): number => (hasHeader ? -1 : 0)

/** The index of the record in which a text stops; -1 is the header. */
export const findLastRecord = async (text: AsyncIterable<Buffer>, layout: TableLayout): Promise<number> => {
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

/** The text of a table from its start, as UTF-8. @throws PromptmillError `bad_input` with row and line where it is no text */
export const tableText = (layout: TableLayout, onBytes?: OnBytes): AsyncIterable<Buffer> => {
  const { file, encoding, dialect } = layout
  const finder: RowFinder = {
    hasHeader: layout.hasHeader,
    findRow: text => findLastRecord(skipBytes(text, dialect.skipBytes), layout),
  }
  return skipBytes(readText(file, encoding, { onBytes, finder }), dialect.skipBytes)
}

/** Reads again up to the faulty cell: a row's cells may hold line ends, so it may begin on a later line than its row. */
const findCellLine = async (layout: TableLayout, fault: RecordFault): Promise<number> => {
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
  readonly layout: TableLayout
  readonly columns: readonly string[]
  readonly index: number
}

/** What is wrong with a record, told by its row, column and line; other errors stay as they are. */
export const explainRecord = async (error: unknown, { layout, columns, index }: Reading): Promise<unknown> => {
  if (!(error instanceof RecordFault)) return error
  const place: TablePlace = { name: layout.file.name, index, line: error.line }
  const cell = { cell: error.cell, column: columns[error.cell], line: await findCellLine(layout, error) }
  return unreadableRecord(error.code, place, { cell, maxLineBytes: layout.maxLineBytes })
}
