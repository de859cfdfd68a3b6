import type { Row } from '../core/model.js'
import { createBatches } from './batches.js'
import type { OnBytes } from './file.js'
import type { Table } from './open-table.js'
import { createRecordReader } from './records.js'
import { raggedFault, raggedRow } from './table-faults.js'
import { explainRecord, indexOfFirst, tableText } from './table-text.js'

/** How a table is read. */
export interface TableReading {
  readonly onBytes?: OnBytes | undefined
  /** Whether a row with too few or too many cells is handed over as one that cannot be read; otherwise it ends the reading. */
  readonly keepRagged?: boolean | undefined
}

/**
 * Reads the rows of a table from the file's start, in batches. Blank lines are no rows.
 * @throws PromptmillError `bad_input` with row and line, after the rows before it, for a ragged row or a misplaced quote
 */
export async function* readTable(
  table: Table,
  { onBytes, keepRagged = false }: TableReading = {},
): AsyncGenerator<readonly Row[]> {
  const { file, dialect, columns, width, maxLineBytes } = table
  const cellsPerRow = columns.length
  let index = indexOfFirst(table)
  const batches = createBatches<Row>()
  const reader = createRecordReader(dialect, maxLineBytes, (cells, line) => {
    if (cells.length !== cellsPerRow) {
      if (!keepRagged) throw raggedRow({ name: file.name, index, line }, cells.length, width)
      // Its text is not kept: it is told by its place.
      batches.push({ form: 'unreadable', index, line, text: '', fault: raggedFault(cells.length, width) })
    } else if (index !== -1) batches.push({ form: 'table', index, line, cells })
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
    throw await explainRecord(error, { layout: table, columns, index })
  } finally {
    reader.close()
  }
}
