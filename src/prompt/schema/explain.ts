import type { ErrorObject } from 'ajv'
import { isObject } from '../../core/json-object.js'
import { resolvePointer } from '../../core/json-pointer.js'
import type { JsonObject, JsonValue } from '../../core/model.js'
import { walkSchema } from './walk.js'

const listed = (values: unknown): string => {
  const shown = Array.isArray(values) ? values.slice(0, 5).map(value => JSON.stringify(value)) : []
  return `${shown.join(', ')}${Array.isArray(values) && values.length > shown.length ? ', …' : ''}`
}

type Facts = Readonly<Record<string, unknown>>

const typesOf = ({ type }: Facts): readonly string[] => [type].flat().map(String)

/** What is wrong with an answer, in ajv's words where they say it. */
export const explainMismatch = ({ keyword, params, message }: ErrorObject): string => {
  const facts = params as Facts
  if (keyword === 'enum') return `must be one of ${listed(facts['allowedValues'])}`
  if (keyword === 'const') return `must be ${JSON.stringify(facts['allowedValue'])}`
  if (keyword === 'type') return `must be ${typesOf(facts).join(' or ')}`
  if (keyword === 'additionalProperties')
    return `must not have the property ${JSON.stringify(facts['additionalProperty'])}`
  if (keyword === 'required') return `must have the property ${JSON.stringify(facts['missingProperty'])}`
  return message ?? `breaks "${keyword}"`
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
}

const wordFor = (type: string): string => typeWords[type] ?? type

const kindOf = (value: JsonValue): string => {
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : String(value)
  return Array.isArray(value) ? 'array' : typeof value
}

const comparisons: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '>': 'more than',
  '<=': 'at most',
  '<': 'less than',
}

const sayProblem = (error: ErrorObject, value: JsonValue | undefined): string => {
  const facts = error.params as Facts
  switch (error.keyword) {
    case 'type': {
      const found = value === undefined ? '' : `, not ${wordFor(kindOf(value))}`
      return `must be ${typesOf(facts).map(wordFor).join(' or ')}${found}`
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      const sign = String(facts['comparison'])
      return `must be ${comparisons[sign] ?? sign} ${String(facts['limit'])}`
    }
    case 'uniqueItems':
      return 'must not hold the same value twice'
    default:
      return explainMismatch(error)
  }
}

/** What is wrong with a schema, as a sentence that begins with the place, a JSON Pointer. */
export const explainSchemaFault = (error: ErrorObject, schema: JsonObject): string => {
  const { instancePath } = error
  return `${instancePath || '(root)'} ${sayProblem(error, resolvePointer(schema, instancePath))}`
}

/** The first pattern that is none, as a sentence; the validator's own names no place. */
export const findBrokenPattern = (schema: JsonObject): string | undefined => {
  for (const { schema: node, pointer } of walkSchema(schema)) {
    const pattern = isObject(node) ? node['pattern'] : undefined
    if (typeof pattern !== 'string') continue
    try {
      RegExp(pattern, 'u')
    } catch (error) {
      const reason = error instanceof Error ? error.message.split(': ').at(-1) : ''
      return `${pointer}/pattern is not a regular expression: ${reason}`
    }
  }
  return undefined
}
