import { showCount } from '../../core/count-words.js'
import { isObject } from '../../core/json-object.js'
import type { JsonValue } from '../../core/model.js'
import type { SchemaFault } from './strict-rules.js'
import { isList, type SchemaNode } from './walk.js'

/** OpenAI guide "Structured model outputs", sections "Objects have limitations on nesting depth and size" and on enums. */
const most = {
  properties: 5000,
  levels: 10,
  characters: 120_000,
  enumValues: 1000,
  enumCharacters: 15_000,
  smallEnum: 250,
}

const lengthOf = (value: JsonValue): number => (typeof value === 'string' ? value.length : JSON.stringify(value).length)

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

const namesOf = (map: JsonValue | undefined): readonly string[] => (isObject(map) ? Object.keys(map) : [])

const enumOf = ({ schema }: SchemaNode): readonly JsonValue[] => {
  const values = isObject(schema) ? schema['enum'] : undefined
  return isList(values) ? values : []
}

const checkEnum = (node: SchemaNode): readonly SchemaFault[] => {
  const values = enumOf(node)
  const characters = sum(values.filter(value => typeof value === 'string').map(lengthOf))
  if (values.length <= most.smallEnum || characters <= most.enumCharacters) return []
  const problem = `the enum has ${showCount(values.length)} values of ${showCount(characters)} characters together; above ${most.smallEnum} values they may have ${showCount(most.enumCharacters)}`
  return [{ pointer: node.pointer, problem }]
}

const over = (what: string, count: number, limit: number): readonly SchemaFault[] =>
  count <= limit
    ? []
    : [{ pointer: '', problem: `it has ${showCount(count)} ${what}, and ${showCount(limit)} are allowed` }]

/** What of a schema's size goes over the limits of strict mode. */
export const checkLimits = (nodes: readonly SchemaNode[]): readonly SchemaFault[] => {
  const properties = nodes.flatMap(({ schema }) => (isObject(schema) ? namesOf(schema['properties']) : []))
  const definitions = nodes.flatMap(({ schema }) =>
    isObject(schema) ? [...namesOf(schema['$defs']), ...namesOf(schema['definitions'])] : [],
  )
  const enums = nodes.flatMap(enumOf)
  const constants = nodes.flatMap(({ schema }) =>
    isObject(schema) && schema['const'] !== undefined ? [schema['const']] : [],
  )
  const characters = sum([...properties, ...definitions, ...enums, ...constants].map(lengthOf))
  const deepest = nodes.find(({ depth }) => depth > most.levels)
  return [
    ...over('properties', properties.length, most.properties),
    ...over('enum values', enums.length, most.enumValues),
    ...over('characters in names, enums and constants', characters, most.characters),
    ...nodes.flatMap(checkEnum),
    ...(deepest === undefined
      ? []
      : [{ pointer: deepest.pointer, problem: `objects nest more than ${most.levels} levels deep: move some up` }]),
  ]
}
