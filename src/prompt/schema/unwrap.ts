import { isObject } from '../../core/json-object.js'
import type { JsonObject } from '../../core/model.js'

/** A schema, and what it is called in messages. */
export interface NamedSchema {
  readonly schema: JsonObject
  readonly name: string
}

const isWrapper = ({ type, properties, schema }: JsonObject): boolean =>
  (type === undefined || type === 'json_schema') && properties === undefined && isObject(schema)

/** What the wrapper says of the schema is kept as the schema's own words, which come with it to the model. */
const unwrapInner = ({ name, description, schema }: JsonObject): JsonObject => ({
  ...(typeof name === 'string' ? { title: name } : {}),
  ...(typeof description === 'string' ? { description } : {}),
  ...(isObject(schema) ? schema : {}),
})

/**
 * Takes a schema out of what the API wraps it in: `{"type": "json_schema", "json_schema": {"name", "schema", "strict"}}`
 * as in `response_format`, or the inner object alone (OpenAI guide "Structured model outputs"). Places in messages are
 * then named from the schema itself.
 */
export const unwrapSchema = ({ schema: given, name }: NamedSchema): NamedSchema => {
  const { type, json_schema: inner } = given
  if (type === 'json_schema' && isObject(inner) && isWrapper(inner))
    return { schema: unwrapInner(inner), name: `${name} (in json_schema/schema)` }
  return isWrapper(given) ? { schema: unwrapInner(given), name: `${name} (in schema)` } : { schema: given, name }
}
