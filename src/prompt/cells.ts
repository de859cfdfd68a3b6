import { memberTexts } from '../core/json-text.js'
import type { JsonRow, TableRow } from '../core/model.js'

/** Reads one cell of a row as text; undefined when the row has no such column. */
export type CellReader = (row: TableRow | JsonRow, column: string) => string | undefined

const readMember = (row: JsonRow, column: string): string | undefined => {
  if (!Object.hasOwn(row.record, column)) return undefined
  const value = row.record[column]
  if (typeof value === 'string') return value
  if (value === null) return ''
  // Numbers and nested values as they were written: 1.0 stays 1.0, and 20 digits stay 20 digits.
  return memberTexts(row.text).get(column)
}

/** The reader for an input with these columns. Looks a table's column up once per run, not once per row. */
export const createCellReader = (columns: readonly string[]): CellReader => {
  const places = new Map(columns.map((column, index) => [column, index]))
  return (row, column) => {
    if (row.form === 'json') return readMember(row, column)
    const place = places.get(column)
    return place === undefined ? undefined : row.cells[place]
  }
}
