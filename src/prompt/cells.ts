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

/**
 * The name of a table's column that is meant: the very name, or the one that differs only in the blanks around it, which
 * no template can write.
 */
export const findColumn = (columns: readonly string[], name: string): string | undefined => {
  if (columns.includes(name)) return name
  const alike = columns.filter(column => column.trim() === name)
  return alike.length === 1 ? alike[0] : undefined
}

/** The reader for an input with these columns. Looks a table's column up once per run, not once per row. */
export const createCellReader = (columns: readonly string[]): CellReader => {
  const places = new Map(columns.map((column, index) => [column, index]))
  for (const column of columns) {
    const name = column.trim()
    if (name !== '' && !places.has(name) && findColumn(columns, name) === column)
      places.set(name, places.get(column) ?? 0)
  }
  return (row, column) => {
    if (row.form === 'json') return readMember(row, column)
    const place = places.get(column)
    return place === undefined ? undefined : row.cells[place]
  }
}
