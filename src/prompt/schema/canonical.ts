import { isObject } from '../../core/json-object.js'
import type { JsonObject, JsonValue } from '../../core/model.js'
import { canonicalJson } from '../identity.js'
import { isList } from './walk.js'

const members = (object: JsonObject, names: readonly string[], write: (value: JsonValue) => string): string =>
  `{${names.map(name => `${JSON.stringify(name)}:${write(object[name] as JsonValue)}`).join(',')}}`

const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems']

const writeMember = (key: string, value: JsonValue): string => {
  // The model writes its answer in the order of the properties (OpenAI guide "Structured model outputs", "Key
  // ordering"): another order is another request.
  if (key === 'properties' && isObject(value)) return members(value, Object.keys(value), writeSchema)
  if ((key === '$defs' || key === 'definitions') && isObject(value)) {
    return members(value, Object.keys(value).sort(), writeSchema)
  }
  if (lists.includes(key) && isList(value)) return `[${value.map(writeSchema).join(',')}]`
  return key === 'items' ? writeSchema(value) : canonicalJson(value)
}

const writeSchema = (schema: JsonValue): string => {
  if (!isObject(schema)) return canonicalJson(schema)
  const keys = Object.keys(schema).sort()
  return `{${keys.map(key => `${JSON.stringify(key)}:${writeMember(key, schema[key] as JsonValue)}`).join(',')}}`
}

/** JSON text of a schema that is the same for schemas that ask the same: keywords in order of name, properties as given. */
export const canonicalSchema = (schema: JsonObject): string => writeSchema(schema)
