import { isObject } from './json-object.js'
import type { JsonValue } from './model.js'
import { describeNumber, fitsNumber } from './option-values.js'

/** A kind of JSON value that a parameter takes. */
type JsonKind = 'object' | 'list' | 'text'

/** What a parameter of a chat completion takes. */
export type ApiParam =
  | { readonly type: 'number'; readonly min?: number; readonly max?: number; readonly integer?: boolean }
  | { readonly type: 'string'; readonly choices?: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'json'; readonly kinds: readonly JsonKind[] }

const kindNames: Readonly<Record<JsonKind, string>> = { object: 'an object', list: 'a list', text: 'a text' }

/** What a parameter takes, in words: `a number from 0 to 2`. */
export const describeParam = (param: ApiParam): string => {
  switch (param.type) {
    case 'number':
      return describeNumber(param)
    case 'string':
      return param.choices === undefined ? 'a text' : `one of ${param.choices.join(', ')}`
    case 'boolean':
      return 'true or false'
    case 'json':
      return param.kinds.map(kind => kindNames[kind]).join(' or ')
    default:
      return param satisfies never
  }
}

const kindOf = (value: JsonValue): JsonKind | undefined => {
  if (typeof value === 'string') return 'text'
  if (Array.isArray(value)) return 'list'
  return isObject(value) ? 'object' : undefined
}

/** Whether a parameter takes a value. */
export const fitsParam = (param: ApiParam, value: JsonValue): boolean => {
  switch (param.type) {
    case 'number':
      return typeof value === 'number' && fitsNumber(param, value)
    case 'string':
      return typeof value === 'string' && value !== '' && param.choices?.includes(value) !== false
    case 'boolean':
      return typeof value === 'boolean'
    case 'json': {
      const kind = kindOf(value)
      return kind !== undefined && param.kinds.includes(kind)
    }
    default:
      return param satisfies never
  }
}

/** A JSON number; a comma for the point, or a unit, is no number. */
const number = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

const parseJson = (cell: string): JsonValue | undefined => {
  try {
    return JSON.parse(cell) as JsonValue
  } catch {
    return undefined
  }
}

/**
 * The value that a cell of a table holds for a parameter; undefined when it holds none that could be one. TRUE and FALSE
 * as spreadsheets write them are booleans; blanks around a value are left out, but for texts to stop at.
 */
export const readParamCell = (param: ApiParam, cell: string): JsonValue | undefined => {
  const trimmed = cell.trim()
  switch (param.type) {
    case 'number':
      return number.test(trimmed) ? Number(trimmed) : undefined
    case 'string':
      return trimmed
    case 'boolean':
      return parseJson(trimmed.toLowerCase())
    case 'json':
      return param.kinds.includes('text') && !/^[[{]/.test(trimmed) ? cell : parseJson(trimmed)
    default:
      return param satisfies never
  }
}
