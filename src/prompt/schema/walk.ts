import { isObject } from '../../core/json-object.js'
import { pointerStep } from '../../core/json-pointer.js'
import type { JsonObject, JsonValue } from '../../core/model.js'

/** A schema within a schema, and where it stands. */
export interface SchemaNode {
  /** JSON Pointer (RFC 6901) from the root, '' for the root itself. */
  readonly pointer: string
  readonly schema: JsonValue
  /** Objects around it, itself included. References are not followed. */
  readonly depth: number
}

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** Keywords that hold one schema, a list of schemas, or schemas by name. */
const single = ['items', 'additionalProperties']
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items']
const maps = ['properties', '$defs', 'definitions']

const takesObjects = (schema: JsonValue): boolean =>
  isObject(schema) && (isObject(schema['properties']) || schema['type'] === 'object')

const childrenOf = (schema: JsonObject): (readonly [path: string, child: JsonValue])[] => [
  ...single.flatMap((key): [string, JsonValue][] => {
    const child = schema[key]
    return isObject(child) ? [[pointerStep(key), child]] : []
  }),
  ...lists.flatMap(key => {
    const list = schema[key]
    return isList(list)
      ? list.map((child, index): [string, JsonValue] => [pointerStep(key) + pointerStep(index), child])
      : []
  }),
  ...maps.flatMap(key => {
    const map = schema[key]
    return isObject(map)
      ? Object.entries(map).map(([name, child]): [string, JsonValue] => [pointerStep(key) + pointerStep(name), child])
      : []
  }),
]

/** Every schema that can say something about an answer, the root first, each before those within it. */
export const walkSchema = (root: JsonObject): readonly SchemaNode[] => {
  const nodes: SchemaNode[] = []
  // A list of what is still to be visited: the depth of a hostile file costs no stack.
  const open: SchemaNode[] = [{ pointer: '', schema: root, depth: 1 }]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node)
    const { schema, pointer, depth } = node
    if (!isObject(schema)) continue
    for (const [path, child] of childrenOf(schema).toReversed()) {
      // A definition stands by itself, wherever it is used.
      const around = /^\/(?:\$defs|definitions)\//.test(path) ? 0 : depth
      open.push({ pointer: pointer + path, schema: child, depth: takesObjects(child) ? around + 1 : around })
    }
  }
  return nodes
}
