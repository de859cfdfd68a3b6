import { isObject } from './json-object.js'
import type { JsonValue } from './model.js'
import { describeNumber, fitsNumber } from './option-values.js'

/** A kind of JSON value that a parameter takes. */
type JsonKind = 'object' | 'list' | 'text'

/** A list or an object holds texts alone: how many, and how many characters each and its name may have. */
interface TextBounds {
  readonly most: number
  readonly longest?: number
  readonly longestName?: number
}

/** What a parameter of a chat completion takes. */
export type ApiParam =
  | { readonly type: 'number'; readonly min?: number; readonly max?: number; readonly integer?: boolean }
  | { readonly type: 'string'; readonly choices?: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'json'; readonly kinds: readonly JsonKind[]; readonly texts?: TextBounds }

const kindNames: Readonly<Record<JsonKind, string>> = { object: 'an object', list: 'a list', text: 'a text' }

const describeTexts = ({ most, longest, longestName }: TextBounds): string => {
  const length = longest === undefined ? '' : `, each of at most ${longest} characters`
  const name = longestName === undefined ? '' : ` under a name of at most ${longestName}`
  return ` of at most ${most} texts${length}${name}`
}

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
      return (
        param.kinds.map(kind => kindNames[kind]).join(' or ') +
        (param.texts === undefined ? '' : describeTexts(param.texts))
      )
    default:
      return param satisfies never
  }
}

const kindOf = (value: JsonValue): JsonKind | undefined => {
  if (typeof value === 'string') return 'text'
  if (Array.isArray(value)) return 'list'
  return isObject(value) ? 'object' : undefined
}

/** Characters, not the halves that JavaScript counts a rare one as. Only what may be short enough is taken apart. */
const isWithin = (text: string, most: number): boolean =>
  text.length <= most || (text.length <= 2 * most && [...text].length <= most)

const holdsTexts = ({ most, longest = Infinity, longestName = Infinity }: TextBounds, value: object): boolean => {
  const entries = Object.entries(value)
  return (
    entries.length <= most &&
    entries.every(([name, text]) => typeof text === 'string' && isWithin(text, longest) && isWithin(name, longestName))
  )
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
      if (kind === undefined || !param.kinds.includes(kind)) return false
      return param.texts === undefined || kind === 'text' || holdsTexts(param.texts, value as object)
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
