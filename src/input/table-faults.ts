import { countOf, showCount } from '../core/count-words.js'
import { PromptmillError } from '../core/errors.js'
import type { RowFault } from '../core/model.js'
import { showBytes } from './limit.js'

/** Where in a table something is wrong. */
export interface TablePlace {
  /** What people call the file. */
  readonly name: string
  /** The row, from 0; -1 for the header. */
  readonly index: number
  /** Line of the file on which the row begins. */
  readonly line: number
}

const showPlace = ({ name, index, line }: TablePlace): string =>
  `${name}, ${index === -1 ? 'header' : `row ${index + 1}`} (line ${line})`

const doubling = 'Inside a quoted cell each quote is written twice: "say ""yes"" or no"'

const bad = (message: string, hint: string): PromptmillError => new PromptmillError('bad_input', message, { hint })

/** How many columns a table has, and what says so. */
export interface Width {
  readonly columns: number
  readonly toldBy: 'header' | 'flag' | 'first row'
}

const showWidth = ({ columns, toldBy }: Width): string => {
  if (toldBy === 'flag') return `--columns names ${showCount(columns)}`
  return toldBy === 'header'
    ? `the header has ${countOf(columns, 'column')}`
    : `the first row has ${showCount(columns)}`
}

const sayCells = (cells: number, width: Width): string => `has ${countOf(cells, 'cell')}, ${showWidth(width)}`

/** The same as a fault of the row alone, for whoever reads on. */
export const raggedFault = (cells: number, width: Width): RowFault => ({
  code: 'invalid_row',
  message: `the row ${sayCells(cells, width)}`,
})

/** Too few or too many cells. */
export const raggedRow = (place: TablePlace, cells: number, width: Width): PromptmillError => {
  const { columns } = width
  const message = `${showPlace(place)} ${sayCells(cells, width)}`
  // The number of names helps to tell the delimiter, and a wrong one may fit the first row.
  const cut = width.toldBy === 'flag' ? '. If the row is cut in the wrong places, give a --delimiter' : ''
  if (cut !== '' && place.index === 0) return bad(message, `Name every cell of a row in --columns${cut}`)
  if (cells < columns)
    return bad(message, `Write an empty cell for a missing value, so that every row has as many cells${cut}`)
  const alone = columns === 1 ? ', or give a --delimiter that the text does not hold' : ''
  return bad(message, `Put cells that hold the delimiter in quotes${alone}. ${doubling}`)
}

/** A faulty cell: its place in the record, its column if it has one, the line on which it begins. */
export interface FaultyCell {
  readonly cell: number
  readonly column: string | undefined
  readonly line: number
}

/** A quote where none may stand, or a record without an end; `code` is csv-parse's own. */
export const unreadableRecord = (
  code: string,
  place: TablePlace,
  options: { readonly cell: FaultyCell; readonly maxLineBytes: number },
): PromptmillError => {
  const { cell, column, line } = options.cell
  const where = `${column === undefined ? `cell ${cell + 1}` : `column "${column}"`}${line === place.line ? '' : ` (line ${line})`}`
  const at = showPlace(place)
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return bad(`${at}: the quote that opens ${where} is never closed`, `Close it. ${doubling}`)
    case 'CSV_INVALID_CLOSING_QUOTE':
      return bad(
        `${at}: in ${where} text follows the closing quote`,
        `${doubling}. If that cell looks right, a quote before it is not closed`,
      )
    case 'INVALID_OPENING_QUOTE':
      return bad(
        `${at}: in ${where} a quote stands in a cell that does not begin with one`,
        `Quote the cell. ${doubling}`,
      )
    case 'CSV_MAX_RECORD_SIZE':
      return bad(
        `${at} is longer than ${showBytes(options.maxLineBytes)}, the limit of a row; ${where} does not end before that`,
        `Most likely a quote opens there and is never closed. ${doubling}`,
      )
    default:
      return bad(`${at}: ${where} cannot be read (${code})`, 'Check the quotes and delimiters of that row')
  }
}

/** Checks the header's names. */
export const checkHeader = (place: TablePlace, columns: readonly string[]): void => {
  const at = showPlace(place)
  if (columns.some(column => column.includes('\0'))) {
    throw bad(
      `${at} holds NUL characters`,
      'Check that the file is text; if it is UTF-16 without a byte order mark, give --encoding utf-16le',
    )
  }
  const unnamed = columns.findIndex(column => column.trim() === '')
  if (unnamed !== -1) {
    throw bad(`${at}: column ${unnamed + 1} of ${columns.length} has no name`, 'Give every column a name of its own')
  }
  const seen = new Map<string, number>()
  for (const [index, column] of columns.entries()) {
    const first = seen.get(column)
    if (first !== undefined) {
      throw bad(`${at}: columns ${first + 1} and ${index + 1} have the same name, "${column}"`, 'Rename one of them')
    }
    seen.set(column, index)
  }
}
