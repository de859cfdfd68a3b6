import { PromptmillError } from '../../core/errors.js'
import { isObject } from '../../core/json-object.js'
import type { JsonObject, JsonValue } from '../../core/model.js'
import { formats } from './strict-rules.js'
import { isList } from './walk.js'

/** What a library finds wrong in a value, and where. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a library makes of a value. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/**
 * A schema of a validation library: Zod, Valibot, ArkType and others, by the interfaces that they share
 * (https://standardschema.dev, Standard Schema and Standard JSON Schema, version 1).
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: string }) => Readonly<Record<string, unknown>> }
      | undefined
  }
}

const target = 'draft-2020-12'

type Convert = (schema: unknown, options: { readonly io: 'input' }) => unknown

const isConvert = (value: unknown): value is Convert => typeof value === 'function'

/** Zod before 4.2 converts by a function of the package, which the program has installed. */
const findZodConvert = async (): Promise<Convert | undefined> => {
  // By a name that no bundler follows: it is not a dependency.
  const name: string = 'zod'
  const zod: unknown = await import(name).catch(() => undefined)
  const convert = typeof zod === 'object' && zod !== null && 'toJSONSchema' in zod ? zod.toJSONSchema : undefined
  return isConvert(convert) ? convert : undefined
}

const cannotConvert = (vendor: string, cause?: unknown): PromptmillError =>
  new PromptmillError('bad_schema', `The schema of ${vendor} cannot be turned into a JSON Schema`, {
    hint: `${cause instanceof Error ? `${cause.message}. ` : ''}Give the JSON Schema itself, or a schema that implements ~standard.jsonSchema (Zod from 4.2 on does)`,
    cause,
  })

const convert = async (schema: StandardSchema): Promise<unknown> => {
  const { jsonSchema, vendor } = schema['~standard']
  if (jsonSchema !== undefined) return jsonSchema.input({ target })
  const zodConvert = vendor === 'zod' ? await findZodConvert() : undefined
  return zodConvert?.(schema, { io: 'input' })
}

const known: readonly JsonValue[] = formats

/** What the library's own check sees to afterwards need not be said in words that strict mode does not take. */
const adaptTexts = (schema: Record<string, JsonValue>): void => {
  const { format } = schema
  if (format === undefined) return
  if (known.includes(format)) delete schema['pattern']
  else delete schema['format']
}

/** An answer holds what the schema names and nothing else, and what has a default is there all the same. */
const closeObject = (schema: Record<string, JsonValue>): void => {
  const { properties, required } = schema
  if (!isObject(properties)) return
  schema['additionalProperties'] ??= false
  const listed = isList(required) ? required : []
  const defaults = Object.keys(properties).filter(name => {
    const child = properties[name]
    return !listed.includes(name) && isObject(child) && child['default'] !== undefined
  })
  schema['required'] = [...listed, ...defaults]
}

const mapObject = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([name, child]) => [name, adapt(child)]))

const adaptMember = (key: string, value: JsonValue): readonly [string, JsonValue] => {
  if ((key === 'properties' || key === '$defs' || key === 'definitions') && isObject(value))
    return [key, mapObject(value)]
  // Which one it is, the library checks.
  if ((key === 'anyOf' || key === 'oneOf') && isList(value)) return ['anyOf', value.map(adapt)]
  return [key, key === 'items' ? adapt(value) : value]
}

const adapt = (schema: JsonValue): JsonValue => {
  if (!isObject(schema)) return schema
  const adapted: Record<string, JsonValue> = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => adaptMember(key, value)),
  )
  closeObject(adapted)
  adaptTexts(adapted)
  return adapted
}

/**
 * The JSON Schema of what a library's schema takes, in the form that strict mode wants where that asks no less.
 * @throws PromptmillError `bad_schema` when the library offers none
 */
export const toJsonSchema = async (schema: StandardSchema): Promise<JsonObject> => {
  const { vendor } = schema['~standard']
  let converted: unknown
  try {
    converted = await convert(schema)
  } catch (cause) {
    throw cannotConvert(vendor, cause)
  }
  if (typeof converted !== 'object' || converted === null) throw cannotConvert(vendor)
  // Functions and symbols that libraries hang on are no part of it.
  return adapt(JSON.parse(JSON.stringify(converted)) as JsonValue) as JsonObject
}
