import { explainUnknownParam, findApiParam } from '../core/api-params.js'
import { PromptmillError } from '../core/errors.js'
import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonRow, JsonValue, RowFault, TableRow } from '../core/model.js'
import { type ApiParam, describeParam, fitsParam, readParamCell } from '../core/param-values.js'
import { createCellReader } from './cells.js'
import { createChatBody } from './chat-body.js'
import { checkColumn, type InputShape } from './templates.js'

/** What a request is besides its messages: the model, and the body around the messages. */
export interface RequestFrame {
  readonly model: string
  writeBody(messages: readonly string[]): string
}

/** The settings of the run, which a row's own replace. */
export interface FrameSettings {
  /** Columns that hold the rows' own settings, each named as its parameter. */
  readonly columns: readonly string[]
  readonly model: string | undefined
  readonly params: JsonObject
  /** Parameters as JSON text, where its order counts. */
  readonly written: Readonly<Record<string, string>>
}

/** The member of a JSONL row that holds its own settings. */
export const paramsMember = 'params'

const flag = '--row-params'

const fault = (message: string): RowFault => ({ code: 'invalid_param', message })

/** A value of a row's own, and what it is called in messages. */
interface Given {
  readonly name: string
  readonly place: string
  readonly value: JsonValue | undefined
}

/** An empty cell, or null, stands for the run's own setting. */
const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

const collect = (givens: readonly Given[]): JsonObject | RowFault => {
  const own: Record<string, JsonValue> = {}
  for (const { name, place, value } of givens) {
    const param = findApiParam(name)
    if (param === undefined) return fault(`${place} is no parameter that a row can set. ${explainUnknownParam(name)}`)
    if (value === undefined || !fitsParam(param, value)) return fault(`${place} must be ${describeParam(param)}`)
    if (Object.hasOwn(own, name)) return fault(`${name} is set twice, by a column and by ${paramsMember}`)
    own[name] = value
  }
  if (own['max_tokens'] === undefined || own['max_completion_tokens'] === undefined) return own
  return fault('max_tokens and max_completion_tokens are two names of one limit: set one of them')
}

const isFault = (own: JsonObject | RowFault): own is RowFault => own['code'] === 'invalid_param'

/** Two names of one limit: a row's own replaces the run's under either. */
const limitNames = ['max_tokens', 'max_completion_tokens']

const mergeParams = (params: JsonObject, own: JsonObject): JsonObject => {
  const limited = limitNames.some(name => Object.hasOwn(own, name))
  const kept = Object.entries(params).filter(([name]) => !(limited && limitNames.includes(name)))
  return { ...Object.fromEntries(kept), ...own }
}

const checkColumns = (columns: readonly string[], shape: InputShape): void => {
  for (const column of columns) {
    if (findApiParam(column) === undefined) {
      throw new PromptmillError('bad_flag', `${flag} names ${column}, which is no parameter that a row can set`, {
        hint: explainUnknownParam(column),
      })
    }
    checkColumn(shape, flag, column)
  }
}

/** Rows with the same settings share a frame. So many are kept; a setting of its own for each row, such as a seed, needs none. */
const mostFrames = 1000

/** What a row sets for itself, as text to know it by, and read when that text is new. */
interface Own {
  readonly text: string
  read(): readonly Given[]
}

const readTableRow = (columns: readonly string[], shape: InputShape) => {
  const read = createCellReader(shape.columns)
  const params = columns.map(column => findApiParam(column) as ApiParam)
  return (row: TableRow): Own | undefined => {
    const cells = columns.map(column => read(row, column) ?? '')
    if (cells.every(isEmpty)) return undefined
    const toGiven = (name: string, index: number): Given => {
      const cell = cells[index] ?? ''
      const value = isEmpty(cell) ? null : readParamCell(params[index] as ApiParam, cell)
      return { name, place: `column "${name}"`, value }
    }
    return { text: JSON.stringify(cells), read: () => columns.map(toGiven).filter(({ value }) => value !== null) }
  }
}

const readJsonRow =
  (columns: readonly string[]) =>
  ({ record }: JsonRow): Own | undefined => {
    const member = record[paramsMember]
    const params = isObject(member) ? member : undefined
    if (params === undefined && columns.length === 0) return undefined
    const values = columns.map(column => (Object.hasOwn(record, column) ? record[column] : null) ?? null)
    if (params === undefined && values.every(isEmpty)) return undefined
    const givens = (): Given[] => [
      ...columns.map((name, index) => ({ name, place: `column "${name}"`, value: values[index] })),
      ...Object.entries(params ?? {}).map(([name, value]) => ({ name, place: `${paramsMember}.${name}`, value })),
    ]
    return { text: JSON.stringify([params, values]), read: () => givens().filter(({ value }) => !isEmpty(value)) }
  }

/**
 * Compiles the rows' own settings: from the columns that `--row-params` names, and from the object `params` of a JSONL
 * row. What a row leaves empty is as the run has it.
 * @returns a function from row to frame; undefined when neither row nor run names a model
 * @throws PromptmillError `bad_flag` for a column whose name is no parameter, `bad_template` for one that a table lacks
 */
export const createFrames = (
  { columns, model, params, written }: FrameSettings,
  shape: InputShape,
): ((row: TableRow | JsonRow) => RequestFrame | RowFault | undefined) => {
  checkColumns(columns, shape)
  const toFrame = (own: JsonObject): RequestFrame | RowFault | undefined => {
    const { model: named = model, ...rest } = own
    if (typeof named !== 'string') {
      return columns.includes('model') ? fault('column "model" is empty, and no --model is given') : undefined
    }
    return { model: named, writeBody: createChatBody(named, mergeParams(params, rest), written) }
  }
  const common = toFrame({})
  const frames = new Map<string, RequestFrame | RowFault | undefined>()
  const ofTable = readTableRow(columns, shape)
  const ofJson = readJsonRow(columns)
  return row => {
    const own = row.form === 'json' ? ofJson(row) : columns.length === 0 ? undefined : ofTable(row)
    if (own === undefined) return common
    if (frames.has(own.text)) return frames.get(own.text)
    const collected = collect(own.read())
    const frame = isFault(collected) ? collected : toFrame(collected)
    if (frames.size >= mostFrames) frames.clear()
    frames.set(own.text, frame)
    return frame
  }
}
