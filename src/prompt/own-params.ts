import { explainUnknownParam, findApiParam } from '../core/api-params.js'
import { PromptmillError } from '../core/errors.js'
import { isObject } from '../core/json-object.js'
import type { JsonRow, JsonValue, RowFault, TableRow } from '../core/model.js'
import { type ApiParam, readParamCell } from '../core/param-values.js'
import { showShort } from '../core/short-text.js'
import { createCellReader } from './cells.js'
import { checkColumn, type InputShape } from './templates.js'

/** The member of a JSONL row that holds its own settings. */
export const paramsMember = 'params'

const flag = '--row-params'

/** A value of a row's own, and what it is called in messages. */
export interface Given {
  readonly name: string
  readonly place: string
  /** Undefined when a cell holds none that the parameter could have. */
  readonly value: JsonValue | undefined
  /** The same as the row has it. */
  readonly raw: JsonValue
}

/** An empty cell, or null, stands for the run's own setting. */
const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

const checkColumns = (columns: readonly string[], shape: InputShape): void => {
  for (const column of columns) {
    if (findApiParam(column) === undefined) {
      throw new PromptmillError('bad_flag', `${flag} names ${column}, which is no parameter that a row can set`, {
        hint: explainUnknownParam(column),
      })
    }
    checkColumn(shape, flag, column)
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined) throw new PromptmillError('bad_flag', `${flag} names ${twice} twice`)
}

/** What a row sets for itself, as text to know it by, and read when that text is new. */
export interface Own {
  readonly text: string
  read(): readonly Given[] | RowFault
}

/** Whether a row sets something, be it right or wrong. */
export const bringsParams = (own: Own | undefined): boolean => {
  const givens = own?.read() ?? []
  return 'code' in givens || givens.length > 0
}

/** Finds what a row sets for itself; undefined for a row that leaves everything to the run. */
export type OwnReader = (row: TableRow | JsonRow) => Own | undefined

const readTableRow = (columns: readonly string[], shape: InputShape) => {
  const read = createCellReader(shape.columns)
  const params = columns.map(column => findApiParam(column) as ApiParam)
  return (row: TableRow): Own | undefined => {
    const cells = columns.map(column => read(row, column) ?? '')
    if (cells.every(isEmpty)) return undefined
    const toGiven = (name: string, index: number): Given => {
      const cell = cells[index] ?? ''
      const value = isEmpty(cell) ? null : readParamCell(params[index] as ApiParam, cell)
      return { name, place: `column "${name}"`, value, raw: cell }
    }
    return { text: JSON.stringify(cells), read: () => columns.map(toGiven).filter(({ value }) => value !== null) }
  }
}

/** A wrong value of a row's, or something else where its values belong. */
export const wrongParam = (message: string, raw: JsonValue): RowFault => ({
  code: 'invalid_param',
  message,
  detail: showShort(typeof raw === 'string' ? raw : JSON.stringify(raw)),
})

const noObject = (member: JsonValue): RowFault => ({
  ...wrongParam(`${paramsMember} must be an object of API parameters`, member),
  hint: `If ${paramsMember} is a column of another meaning, give it another name`,
})

const readJsonRow = (columns: readonly string[]) => {
  const toGiven = (name: string, place: string, value: JsonValue): Given => ({ name, place, value, raw: value })
  return ({ record }: JsonRow): Own | undefined => {
    const member = record[paramsMember] ?? null
    const bare = isEmpty(member)
    if (bare && columns.length === 0) return undefined
    const values = columns.map(column => (Object.hasOwn(record, column) ? record[column] : null) ?? null)
    if (bare && values.every(isEmpty)) return undefined
    const read = (): readonly Given[] | RowFault => {
      if (!bare && !isObject(member)) return noObject(member)
      const params = Object.entries(isObject(member) ? member : {})
      return [
        ...columns.map((name, index) => toGiven(name, `column "${name}"`, values[index] ?? null)),
        ...params.map(([name, value]) => toGiven(name, `${paramsMember}.${showShort(name)}`, value)),
      ].filter(({ value }) => !isEmpty(value))
    }
    return { text: JSON.stringify([member, values]), read }
  }
}

/**
 * Compiles the reading of rows' own settings: from the columns that `--row-params` names, and from the object `params`
 * of a JSONL row.
 * @throws PromptmillError `bad_flag` for a column whose name is no parameter, or that is named twice; `bad_template` for
 * one that a table lacks
 */
export const createOwnReader = (columns: readonly string[], shape: InputShape): OwnReader => {
  checkColumns(columns, shape)
  const ofTable = readTableRow(columns, shape)
  const ofJson = readJsonRow(columns)
  return row => (row.form === 'json' ? ofJson(row) : columns.length === 0 ? undefined : ofTable(row))
}
