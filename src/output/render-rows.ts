import { stringify } from 'csv-stringify/sync'
import { memberTexts } from '../core/json-text.js'
import type { JsonRow, Row } from '../core/model.js'
import type { Outcome } from '../core/outcome.js'
import { type AddedShape, addedCells, addedNames, type CellValue, readFields, toSelected } from './columns.js'
import { byteOrderMark, tameCell } from './spreadsheet.js'

/** A row and what became of it. */
export interface ResultRow {
  readonly row: Row
  readonly outcome: Outcome
}

export type ResultsFormat = 'csv' | 'tsv' | 'jsonl'

/** The shape of a results file: its format, the row's own columns, and the added ones. */
export interface ResultsShape extends AddedShape {
  readonly format: ResultsFormat
  /** The input's columns; for a JSONL input written as CSV the keys of all its rows. */
  readonly columns: readonly string[]
  /** Whether a spreadsheet will open it: a mark before the header, and nothing to run in the added columns. */
  readonly excel?: boolean
}

/** Turns results into text, batch by batch. */
export interface RowRenderer {
  /** What comes before the first row: the header line, or nothing. */
  readonly head: string
  render(batch: readonly ResultRow[]): string
}

/** A JSON row's values as cells: texts as they are, everything else as it was written. */
const jsonCells = (row: JsonRow, columns: readonly string[]): string[] => {
  let written: Map<string, string> | undefined
  return columns.map(column => {
    const value = Object.hasOwn(row.record, column) ? row.record[column] : null
    if (typeof value === 'string') return value
    if (value === null) return ''
    written ??= memberTexts(row.text)
    return written.get(column) ?? ''
  })
}

const ownCells = (row: Row, columns: readonly string[]): readonly string[] => {
  if (row.form === 'table') return row.cells
  if (row.form === 'json') return jsonCells(row, columns)
  const { known = {} } = row
  return columns.map(column => (Object.hasOwn(known, column) ? known[column] : undefined) ?? '')
}

/** What is done to a text from outside before it is a cell. */
type Tame = (text: string) => string

const asItIs: Tame = text => text

/** Numbers are promptmill's own, and never run. */
const addedCell = (cell: CellValue, tame: Tame): string => {
  if (cell === null) return ''
  return typeof cell === 'number' ? String(cell) : tame(cell)
}

/** A property's value as a cell: a text as it is, everything else as JSON. */
const fieldCell = (text: string | undefined, tame: Tame): string => {
  if (text === undefined || text === 'null') return ''
  return text.startsWith('"') ? tame(JSON.parse(text) as string) : text
}

/** Takes the cells of the selected columns out of those of all columns. */
const createPick = (shape: ResultsShape): ((cells: readonly string[]) => readonly string[]) => {
  const selected = toSelected(shape, shape.columns)
  if (selected === undefined) return cells => cells
  const names = [...shape.columns, ...addedNames(shape)]
  const places = selected.map(name => names.indexOf(name))
  // Every selected name is one of the names, and every row has a cell for each.
  return cells => places.map(place => cells[place] as string)
}

const createTableRenderer = (shape: ResultsShape): RowRenderer => {
  const { format, columns, fields, excel = false } = shape
  const tame = excel ? tameCell : asItIs
  const pick = createPick(shape)
  // A lone carriage return inside a cell ends a record for many readers, so it is quoted like a newline.
  const options = { delimiter: format === 'tsv' ? '\t' : ',', record_delimiter: '\n', quoted_match: /[\r\n]/ } as const
  const toCells = ({ row, outcome }: ResultRow): readonly string[] =>
    pick([
      ...ownCells(row, columns),
      ...addedCells(outcome).map(cell => addedCell(cell, tame)),
      ...(fields.length === 0 ? [] : readFields(outcome, fields).map(text => fieldCell(text, tame))),
    ])
  return {
    head: (excel ? byteOrderMark : '') + stringify([[...pick([...columns, ...addedNames(shape)])]], options),
    render: batch => stringify(batch.map(toCells), options),
  }
}

/** The row's own members as JSON text without the closing brace, byte for byte as they were written. */
const ownMembers = (row: Row, names: readonly string[]): string => {
  if (row.form === 'json') return row.text.slice(0, row.text.lastIndexOf('}')).trimEnd()
  if (row.form === 'unreadable') return JSON.stringify(row.known ?? {}).slice(0, -1)
  return `{${names.map((name, index) => `${name}:${JSON.stringify(row.cells[index])}`).join(',')}`
}

/** The added values of a row as JSON text, in the order of `addedNames`. */
const addedValues = (outcome: Outcome, fields: readonly string[]): string[] => {
  const values = addedCells(outcome).map(cell => JSON.stringify(cell))
  if (fields.length > 0) for (const text of readFields(outcome, fields)) values.push(text ?? 'null')
  return values
}

const createJsonRenderer = (shape: ResultsShape): RowRenderer => {
  const names = shape.columns.map(column => JSON.stringify(column))
  const added = addedNames(shape).map(name => `${JSON.stringify(name)}:`)
  const toLine = ({ row, outcome }: ResultRow): string => {
    const own = ownMembers(row, names)
    const members = addedValues(outcome, shape.fields).map((cell, index) => added[index] + cell)
    return `${own}${own.endsWith('{') ? '' : ','}${members.join(',')}}\n`
  }
  return { head: '', render: batch => batch.map(toLine).join('') }
}

/** A row's values of its own columns as JSON text, as they were written; null where it has none. */
const ownValues = (row: Row, columns: readonly string[]): readonly string[] => {
  if (row.form === 'table') return row.cells.map(cell => JSON.stringify(cell))
  const text = row.form === 'json' ? row.text : JSON.stringify(row.known ?? {})
  const written = memberTexts(text)
  return columns.map(column => written.get(column) ?? 'null')
}

const createSelectedJsonRenderer = (shape: ResultsShape): RowRenderer => {
  const pick = createPick(shape)
  const names = pick([...shape.columns, ...addedNames(shape)]).map(name => `${JSON.stringify(name)}:`)
  const toLine = ({ row, outcome }: ResultRow): string => {
    const values = pick([...ownValues(row, shape.columns), ...addedValues(outcome, shape.fields)])
    return `{${values.map((value, index) => names[index] + value).join(',')}}\n`
  }
  return { head: '', render: batch => batch.map(toLine).join('') }
}

/** Renders results in the shape that is asked for; untouched cells and members stay as they were read. */
export const createRowRenderer = (shape: ResultsShape): RowRenderer => {
  if (shape.format !== 'jsonl') return createTableRenderer(shape)
  return shape.select === undefined ? createJsonRenderer(shape) : createSelectedJsonRenderer(shape)
}
