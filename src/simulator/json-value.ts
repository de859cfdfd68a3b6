import { isObject } from '../core/json-object.js'
import { resolveReference } from '../core/json-pointer.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import { writePattern } from './pattern-text.js'
import type { Random } from './random.js'

/** What values are made with. */
export interface ValueMaker {
  readonly random: Random
  /** A few words of the prompt's. */
  readonly nextText: () => string
}

interface Made extends ValueMaker {
  /** The whole schema, to follow references in. */
  readonly root: JsonObject
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

const toNumber = (value: JsonValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

/** A schema that holds itself must end somewhere. */
const deepest = 4
const mostItems = 3

const chooseOne = <T>(list: readonly T[], random: Random): T | undefined => list[Math.floor(random() * list.length)]

const between = (least: number, most: number, random: Random): number =>
  least + Math.floor(random() * (Math.max(least, most) - least + 1))

const pad = (value: number, length = 2): string => String(value).padStart(length, '0')

const writeDate = (random: Random): string =>
  `${between(2020, 2026, random)}-${pad(between(1, 12, random))}-${pad(between(1, 28, random))}`

const writeTime = (random: Random): string => `${pad(between(0, 23, random))}:${pad(between(0, 59, random))}:00Z`

const hex = (length: number, random: Random): string =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')

const formats: Readonly<Record<string, (random: Random) => string>> = {
  date: writeDate,
  time: writeTime,
  'date-time': random => `${writeDate(random)}T${writeTime(random)}`,
  duration: random => `P${between(1, 30, random)}D`,
  email: random => `user${between(1, 999, random)}@mail.example`,
  hostname: random => `host${between(1, 999, random)}.example`,
  ipv4: random => `192.0.2.${between(1, 254, random)}`,
  ipv6: random => `2001:db8::${hex(4, random)}`,
  uuid: random => `${hex(8, random)}-${hex(4, random)}-4${hex(3, random)}-a${hex(3, random)}-${hex(12, random)}`,
}

const makeText = ({ format, pattern, minLength, maxLength }: JsonObject, { random, nextText }: Made): string => {
  const write = typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined
  if (write !== undefined) return write(random)
  if (typeof pattern === 'string') return writePattern(pattern, random)
  let text = nextText()
  while (text.length < Math.min(toNumber(minLength) ?? 0, 100_000)) text += ` ${nextText()}`
  return [...text].slice(0, toNumber(maxLength) ?? text.length).join('')
}

/** Room between bounds when one is missing. */
const usualRoom = 100

const makeNumber = (schema: JsonObject, whole: boolean, random: Random): number => {
  const step = toNumber(schema['multipleOf']) ?? (whole ? 1 : 0.01)
  const above = toNumber(schema['exclusiveMinimum'])
  const below = toNumber(schema['exclusiveMaximum'])
  const least = Math.max(toNumber(schema['minimum']) ?? -Infinity, above === undefined ? -Infinity : above + step)
  const most = Math.min(toNumber(schema['maximum']) ?? Infinity, below === undefined ? Infinity : below - step)
  const from = Number.isFinite(least) ? least : Number.isFinite(most) ? Math.min(0, most - usualRoom * step) : 0
  const to = Number.isFinite(most) ? most : from + usualRoom * step
  const value = between(Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9), random) * step
  // Not 0.30000000000000004 for three steps of 0.1.
  return Number(value.toPrecision(12))
}

const makeList = (schema: JsonObject, made: Made, depth: number): JsonValue => {
  const least = toNumber(schema['minItems']) ?? 0
  const most = Math.min(toNumber(schema['maxItems']) ?? least + mostItems, least + mostItems)
  const length = depth >= deepest ? least : between(Math.max(least, Math.min(1, most)), most, made.random)
  return Array.from({ length }, () => make(schema['items'] ?? {}, made, depth + 1))
}

const makeObject = ({ properties }: JsonObject, made: Made, depth: number): JsonObject =>
  Object.fromEntries(
    Object.entries(isObject(properties) ? properties : {}).map(([name, child]) => [name, make(child, made, depth + 1)]),
  )

const makeType = (schema: JsonObject, made: Made, depth: number): JsonValue => {
  const types = isList(schema['type']) ? schema['type'] : [schema['type']]
  const solid = types.filter(type => type !== 'null')
  const mayBeNull = solid.length < types.length
  // What may be null is so now and then, and always where a value would go on for ever.
  if (mayBeNull && (solid.length === 0 || made.random() < 0.2 || depth >= deepest)) return null
  switch (chooseOne(solid, made.random)) {
    case 'object':
      return makeObject(schema, made, depth)
    case 'array':
      return makeList(schema, made, depth)
    case 'integer':
      return makeNumber(schema, true, made.random)
    case 'number':
      return makeNumber(schema, false, made.random)
    case 'boolean':
      return made.random() < 0.5
    default:
      return isObject(schema['properties']) ? makeObject(schema, made, depth) : makeText(schema, made)
  }
}

/** Whether a choice of a union comes to an end by itself. */
const isPlain = (schema: JsonValue): boolean =>
  isObject(schema) && schema['$ref'] === undefined && schema['type'] !== 'object' && schema['type'] !== 'array'

/** No schema needs more levels than this; one that holds itself without an end does. */
const mostLevels = 60

const make = (schema: JsonValue, made: Made, depth: number): JsonValue => {
  if (!isObject(schema) || depth > mostLevels) return null
  const { $ref: ref, const: constant, enum: values, anyOf } = schema
  if (typeof ref === 'string') return make(resolveReference(made.root, ref) ?? null, made, depth + 1)
  if (constant !== undefined) return constant
  if (isList(values)) return chooseOne(values, made.random) ?? null
  if (isList(anyOf)) {
    const ending = depth >= deepest ? anyOf.filter(isPlain) : []
    return make(chooseOne(ending.length > 0 ? ending : anyOf, made.random) ?? null, made, depth + 1)
  }
  return makeType(schema, made, depth)
}

/** A value that fits a schema of the kind that strict mode takes: the same for the same random numbers and words. */
export const makeValue = (schema: JsonObject, maker: ValueMaker): JsonValue =>
  make(schema, { random: maker.random, nextText: maker.nextText, root: schema }, 0)
