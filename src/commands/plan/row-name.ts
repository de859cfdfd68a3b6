import type { JsonRow, Row, TableRow } from '../../core/model.js'
import { showShort } from '../../core/short-text.js'
import type { Input } from '../../input/open.js'
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

/** A longer one is a text, not a name, and is not kept beside every answer. */
const longestKeptId = 200

/** The same for ids that are kept and compared. */
export const createShortIdReader: typeof createIdReader = (columns, idColumn) => {
  const read = createIdReader(columns, idColumn)
  return row => {
    const id = read(row)
    return id === undefined || id.length > longestKeptId ? undefined : id
  }
}

/** A place is named in passing. */
const longestShownId = 40

/** A row's place as people are told it. */
export interface Place {
  /** Counted from 1, over all files. */
  readonly row: number
  /** Line of its file. */
  readonly line: number
  /** The file, where there are several. */
  readonly source?: string | undefined
  readonly id?: string | undefined
}

/** `row 17 (line 19)`, or `row 17 (b.csv line 19, A-17)`: the one way a row is named to people. */
export const namePlace = ({ row, line, source, id }: Place): string => {
  const file = source === undefined ? '' : `${source} `
  return `row ${row} (${file}line ${line}${id === undefined ? '' : `, ${showShort(id, longestShownId)}`})`
}

/** Where a row of an input stands, without its own name. */
export const placeOf = (input: Input, { index, line }: Row): Place => ({
  row: index + 1,
  line,
  source: input.sourceOf(index),
})
