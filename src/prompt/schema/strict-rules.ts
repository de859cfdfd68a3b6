import { isObject } from '../../core/json-object.js'
import { resolveReference } from '../../core/json-pointer.js'
import type { JsonObject, JsonValue } from '../../core/model.js'
import { isList, type SchemaNode } from './walk.js'

/** One thing that strict mode does not take. */
export interface SchemaFault {
  /** JSON Pointer into the schema. */
  readonly pointer: string
  /** What is wrong, and what to do. */
  readonly problem: string
}

/**
 * Keywords that the API refuses in strict mode, or that its own client knows it cannot send (OpenAI guide "Structured
 * model outputs", section "Supported schemas"; `JSON_SCHEMA_UNSUPPORTED_SCHEMA_KEYWORDS` of openai-node), and what to
 * write in their place.
 */
const refused: readonly (readonly [keyword: string, instead: string])[] = [
  ['oneOf', 'write anyOf'],
  ['allOf', 'merge its schemas into one'],
  ['not', 'leave it out, and say it in the description'],
  ['if', 'write the cases as anyOf'],
  ['then', 'write the cases as anyOf'],
  ['else', 'write the cases as anyOf'],
  ['dependentRequired', 'write the cases as anyOf'],
  ['dependentSchemas', 'write the cases as anyOf'],
  ['dependencies', 'write the cases as anyOf'],
  ['patternProperties', 'make it a list of objects with a key and a value'],
  ['propertyNames', 'make it a list of objects with a key and a value'],
  ['minProperties', 'leave it out'],
  ['maxProperties', 'leave it out'],
  ['unevaluatedProperties', 'write additionalProperties: false'],
  ['unevaluatedItems', 'leave it out'],
  ['additionalItems', 'leave it out'],
  ['prefixItems', 'make it an object with a property for each place'],
  ['contains', 'leave it out'],
  ['minContains', 'leave it out'],
  ['maxContains', 'leave it out'],
  ['uniqueItems', 'leave it out, and say it in the description'],
  ['contentEncoding', 'leave it out'],
  ['contentMediaType', 'leave it out'],
  ['contentSchema', 'leave it out'],
  ['$anchor', 'refer by a path such as #/$defs/name'],
  ['$dynamicAnchor', 'refer by a path such as #/$defs/name'],
  ['$dynamicRef', 'refer by a path such as #/$defs/name'],
  ['$recursiveAnchor', 'refer by a path such as #/$defs/name'],
  ['$recursiveRef', 'refer by a path such as #/$defs/name'],
]

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

/** Of the formats of strings these are supported (same guide, "Supported properties"). */
export const formats = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'] as const

const quote = (names: readonly string[]): string => names.map(name => JSON.stringify(name.slice(0, 80))).join(', ')

const typesOf = ({ type }: JsonObject): readonly JsonValue[] => (isList(type) ? type : type === undefined ? [] : [type])

/** A key that makes a schema say something of its own. */
const says = ['type', 'anyOf', '$ref', 'enum', 'const', ...refused.map(([keyword]) => keyword)]

const checkType = (schema: JsonObject): string[] => {
  const given = typesOf(schema)
  const unknown = given.filter(type => typeof type !== 'string' || !types.includes(type))
  if (unknown.length > 0) return [`there is no type ${JSON.stringify(unknown[0])}: write one of ${types.join(', ')}`]
  if (new Set(given).size < given.length) return ['"type" names one type twice: take one out']
  const isEmpty = isList(schema['type']) && given.length === 0
  return !isEmpty && says.some(key => schema[key] !== undefined) ? [] : ['anything would do: give it a type']
}

const checkObject = (schema: JsonObject): string[] => {
  const { properties, required, additionalProperties } = schema
  if (!typesOf(schema).includes('object') && !isObject(properties)) return []
  const names = isObject(properties) ? Object.keys(properties) : []
  const listed = isList(required) ? required : []
  const optional = names.filter(name => !listed.includes(name))
  const undeclared = listed.filter(name => typeof name !== 'string' || !names.includes(name)).map(String)
  return [
    ...(additionalProperties === false ? [] : ['add "additionalProperties": false']),
    ...(optional.length === 0
      ? []
      : [
          `add ${quote(optional)} to "required"; what may be missing takes null as well, as in "type": ["string", "null"]`,
        ]),
    ...(undeclared.length === 0 ? [] : [`${quote(undeclared)} is required and not among the properties`]),
  ]
}

const checkArray = (schema: JsonObject): string[] => {
  if (isList(schema['items'])) return ['"items" is a list: make it an object with a property for each place']
  if (!typesOf(schema).includes('array') || isObject(schema['items'])) return []
  return ['say in "items" what the array holds']
}

const checkKeywords = (schema: JsonObject): string[] => {
  const { format, anyOf } = schema
  const unknownFormat = typeof format === 'string' && !formats.some(known => known === format)
  return [
    ...refused.flatMap(([keyword, instead]) =>
      schema[keyword] === undefined ? [] : [`"${keyword}" is not supported: ${instead}`],
    ),
    ...(unknownFormat
      ? [`the format ${quote([format])} is not supported: leave it out, or write ${formats.join(', ')}`]
      : []),
    ...(anyOf !== undefined && !(isList(anyOf) && anyOf.length > 0) ? ['"anyOf" needs a list of schemas'] : []),
  ]
}

const checkRef = (schema: JsonObject, root: JsonObject): string[] => {
  const { $ref: ref } = schema
  if (ref === undefined) return []
  if (typeof ref !== 'string') return ['"$ref" needs a text']
  if (!ref.startsWith('#'))
    return [`${quote([ref])} is elsewhere: copy it into "$defs" and refer to it as #/$defs/name`]
  const leads = isObject(resolveReference(root, ref))
  if (!leads) return [`${quote([ref])} leads nowhere: refer to a schema in "$defs" as #/$defs/name`]
  const beside = Object.keys(schema).filter(key => key !== '$ref' && key !== '$defs' && key !== 'definitions')
  return beside.length === 0 ? [] : [`nothing may stand beside "$ref": move ${quote(beside)} to what it refers to`]
}

const checkRoot = (schema: JsonObject): string[] => {
  if (schema['anyOf'] !== undefined) return ['the root cannot be anyOf: put it into a property of an object']
  return schema['type'] === 'object' ? [] : ['the root must be of "type": "object"']
}

/** What strict mode does not take in one schema, those within it left aside. */
export const checkNode = ({ pointer, schema }: SchemaNode, root: JsonObject): readonly SchemaFault[] => {
  if (!isObject(schema)) return [{ pointer, problem: 'a schema must be an object' }]
  const problems = [
    ...(pointer === '' ? checkRoot(schema) : []),
    ...checkType(schema),
    ...checkObject(schema),
    ...checkArray(schema),
    ...checkKeywords(schema),
    ...checkRef(schema, root),
    ...(pointer !== '' && typeof schema['$id'] === 'string' ? ['"$id" may stand at the root alone: leave it out'] : []),
  ]
  return problems.map(problem => ({ pointer, problem }))
}
