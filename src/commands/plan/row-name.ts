import type { JsonRow, Row, TableRow } from '../../core/model.js'
import { createCellReader } from '../../prompt/cells.js'

/** How a row calls itself: its cell in the column that was named, or the `custom_id` of a Batch API line. */
export const createIdReader = (
  columns: readonly string[],
  idColumn: string | undefined,
): ((row: Row) => string | undefined) => {
  const read = createCellReader(columns)
  const readCell = (row: TableRow | JsonRow): string | undefined =>
    read(row, idColumn ?? (row.form === 'json' && row.record['body'] !== undefined ? 'custom_id' : '')) || undefined
  return row => (row.form === 'unreadable' ? undefined : readCell(row))
}

const longestId = 40

/** An id as it may be printed: short, and without anything that a terminal would obey. */
const showId = (id: string): string => {
  const plain = id.replaceAll(/\p{C}/gu, '�')
  return plain.length > longestId ? `${plain.slice(0, longestId)}…` : plain
}

/** `row 17 (line 19)`, or `row 17 (line 19, A-17)`: the one way a row is named to people. */
export const namePlace = (row: number, line: number, id?: string): string =>
  `row ${row} (line ${line}${id === undefined ? '' : `, ${showId(id)}`})`
