import { isObject } from './json-object.js'
import type { JsonValue } from './model.js'
import { nearestName } from './nearest.js'
import { describeNumber, fitsNumber } from './option-values.js'

/** A kind of JSON value that a parameter takes. */
type JsonKind = 'object' | 'list' | 'text'

/** What a parameter of a chat completion takes. */
export type ApiParam =
  | { readonly type: 'number'; readonly min?: number; readonly max?: number; readonly integer?: boolean }
  | { readonly type: 'string'; readonly choices?: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'json'; readonly kinds: readonly JsonKind[] }

const object = { type: 'json', kinds: ['object'] } as const
const list = { type: 'json', kinds: ['list'] } as const
const textOrObject = { type: 'json', kinds: ['text', 'object'] } as const
const text = { type: 'string' } as const
const tokens = { type: 'number', min: 1, integer: true } as const

/**
 * The parameters that a row may set for itself, with their types and ranges, as in the API reference of "Create chat
 * completion"; the last few are those of compatible endpoints (vLLM, llama.cpp). The flags of the same names take their
 * bounds from here.
 */
export const apiParams = {
  model: text,
  temperature: { type: 'number', min: 0, max: 2 },
  top_p: { type: 'number', min: 0, max: 1 },
  max_completion_tokens: tokens,
  max_tokens: tokens,
  seed: { type: 'number', integer: true },
  reasoning_effort: text,
  verbosity: { type: 'string', choices: ['low', 'medium', 'high'] },
  frequency_penalty: { type: 'number', min: -2, max: 2 },
  presence_penalty: { type: 'number', min: -2, max: 2 },
  n: { type: 'number', min: 1, max: 128, integer: true },
  stop: { type: 'json', kinds: ['text', 'list'] },
  logprobs: { type: 'boolean' },
  top_logprobs: { type: 'number', min: 0, max: 20, integer: true },
  logit_bias: object,
  tools: list,
  tool_choice: textOrObject,
  parallel_tool_calls: { type: 'boolean' },
  prediction: object,
  modalities: list,
  audio: object,
  web_search_options: object,
  service_tier: text,
  store: { type: 'boolean' },
  metadata: object,
  user: text,
  safety_identifier: text,
  prompt_cache_key: text,
  prompt_cache_retention: text,
  top_k: { type: 'number', integer: true },
  min_p: { type: 'number', min: 0, max: 1 },
  repetition_penalty: { type: 'number', min: 0 },
} as const satisfies Readonly<Record<string, ApiParam>>

/** Parameters that have another way in, or that a bulk run cannot use, each with what to do instead. */
const reservedParams: Readonly<Record<string, string>> = {
  messages: 'Use --prompt and --system, --messages, or rows with a messages list',
  stream: 'Answers are written whole; leave it out',
  stream_options: 'Answers are written whole; leave it out',
}

/** What to do instead of setting a parameter that has another way in; undefined for one that has none. */
export const explainReserved = (name: string): string | undefined =>
  Object.hasOwn(reservedParams, name) ? reservedParams[name] : undefined

const answersOfOneForm = 'All answers of a run have one form: use --schema or --json-mode'

/** The parameter of this name; undefined when a row cannot set it. */
export const findApiParam = (name: string): ApiParam | undefined =>
  Object.hasOwn(apiParams, name) ? apiParams[name as keyof typeof apiParams] : undefined

/** What to do instead of setting a parameter that a row cannot set. */
export const explainUnknownParam = (name: string): string => {
  const reserved = explainReserved(name)
  if (reserved !== undefined) return reserved
  if (name === 'response_format') return answersOfOneForm
  const nearest = nearestName(name, Object.keys(apiParams))
  return nearest === undefined ? `Known: ${Object.keys(apiParams).join(', ')}` : `Did you mean ${nearest}?`
}

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
