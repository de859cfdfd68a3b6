import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../src/core/model.js'
import { findStrictFaults } from '../../../src/prompt/schema/strict.js'

/** An object as strict mode wants it: closed, every property required. */
const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})

const text: JsonObject = { type: 'string' }

const nest = (levels: number): JsonObject =>
  levels === 1 ? closed({ leaf: text }) : closed({ inner: nest(levels - 1) })

const many = (count: number, name = 'p'): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, text]))

const values = (count: number, length = 1): JsonValue[] =>
  Array.from({ length: count }, (_, index) => String(index).padStart(length, '0'))

const placesOf = (schema: JsonObject): string[] => findStrictFaults(schema).map(({ pointer }) => pointer)

describe('findStrictFaults', () => {
  it.each<[string, JsonObject]>([
    ['a flat object', closed({ a: text, b: { type: 'integer', minimum: 1, maximum: 5 } })],
    ['a value that may be null', closed({ a: { type: ['string', 'null'] } })],
    ['an enum and a constant', closed({ a: { type: 'string', enum: ['x', 'y'] }, b: { const: 'z' } })],
    ['a list of objects', closed({ a: { type: 'array', items: closed({ b: text }), minItems: 1 } })],
    ['a union below the root', closed({ a: { anyOf: [text, { type: 'null' }] } })],
    ['a definition', closed({ a: { $ref: '#/$defs/b' } }, { $defs: { b: closed({ c: text }) } })],
    ['a schema that holds itself', closed({ next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } })],
    ['a format and a pattern', closed({ a: { type: 'string', format: 'date' }, b: { type: 'string', pattern: '^x' } })],
    ['ten levels of objects', nest(10)],
    ['a property named as a keyword', closed({ not: text, properties: text, $ref: text })],
    ['251 values that are short together', closed({ a: { type: 'string', enum: values(251) } })],
  ])('has nothing against %s', (_what, schema) => {
    expect(findStrictFaults(schema)).toEqual([])
  })

  it.each<[string, JsonObject, string, RegExp]>([
    ['an open object', { ...closed({ a: text }), additionalProperties: true }, '', /"additionalProperties": false/],
    ['an object that says nothing of others', { type: 'object', properties: {}, required: [] }, '', /additionalProp/],
    ['a property that may be missing', { ...closed({ a: text }), required: [] }, '', /add "a" to "required"/],
    ['a required property that is none', { ...closed({}), required: ['b'] }, '', /"b" is required and not among/],
    ['a list at the root', { type: 'array', items: text }, '', /root must be of "type": "object"/],
    ['a union at the root', { anyOf: [closed({ a: text })] }, '', /root cannot be anyOf/],
    ['oneOf', closed({ a: { oneOf: [text] } }), '/properties/a', /write anyOf/],
    ['allOf', closed({ a: { allOf: [text] } }), '/properties/a', /merge/],
    ['not', closed({ a: { type: 'string', not: { const: 'x' } } }), '/properties/a', /"not" is not supported/],
    ['if', closed({ a: { type: 'string', if: text } }), '/properties/a', /"if" is not supported/],
    ['patternProperties', closed({ a: closed({}, { patternProperties: {} }) }), '/properties/a', /patternProp/],
    ['a tuple', closed({ a: { type: 'array', prefixItems: [text], items: text } }), '/properties/a', /prefixItems/],
    ['a list of anything', closed({ a: { type: 'array' } }), '/properties/a', /what the array holds/],
    ['a value of any type', closed({ a: {} }), '/properties/a', /give it a type/],
    ['true for a schema', closed({ a: true }), '/properties/a', /must be an object/],
    ['a list of no types', closed({ a: { type: [] } }), '/properties/a', /give it a type/],
    ['a type that is there twice', closed({ a: { type: ['null', 'null'] } }), '/properties/a', /one type twice/],
    ['a type that is none', closed({ a: { type: 'text' } }), '/properties/a', /there is no type "text"/],
    [
      'a format that is not supported',
      closed({ a: { type: 'string', format: 'uri' } }),
      '/properties/a',
      /format "uri"/,
    ],
    ['a reference to elsewhere', closed({ a: { $ref: 'http://x.example/y' } }), '/properties/a', /is elsewhere/],
    ['a reference that leads nowhere', closed({ a: { $ref: '#/$defs/b' } }), '/properties/a', /leads nowhere/],
    ['words beside a reference', closed({ a: { $ref: '#', description: 'x' } }), '/properties/a', /"description"/],
    ['an id below the root', closed({ a: { type: 'string', $id: 'b' } }), '/properties/a', /"\$id"/],
    ['a fault in a definition', closed({}, { $defs: { 'a/b': { type: 'array' } } }), '/$defs/a~1b', /array/],
    ['a fault within a union', closed({ a: { anyOf: [text, {}] } }), '/properties/a/anyOf/1', /type/],
  ])('refuses %s, and says where', (_what, schema, pointer, problem) => {
    const faults = findStrictFaults(schema)
    expect(faults).toContainEqual({ pointer, problem: expect.stringMatching(problem) as string })
  })

  it.each<[string, JsonObject, RegExp]>([
    ['eleven levels of objects', nest(11), /more than 10 levels/],
    ['5,001 properties', closed(many(5001)), /5,001 properties, and 5,000 are allowed/],
    ['1,001 enum values', closed({ a: { type: 'string', enum: values(1001) } }), /1,001 enum values/],
    ['names of 120,001 characters', closed({ ['x'.repeat(120_001)]: text }), /120,001 characters/],
    ['a long enum of long values', closed({ a: { type: 'string', enum: values(251, 60) } }), /251 values of 15,060/],
  ])('refuses %s', (_what, schema, problem) => {
    expect(findStrictFaults(schema).map(fault => fault.problem)).toEqual([expect.stringMatching(problem)])
  })

  it('finds everything at once, in the order of the schema', () => {
    const schema = closed({ a: {}, b: closed({ c: { type: 'array' } }), d: { not: text } })
    expect(placesOf(schema)).toEqual(['/properties/a', '/properties/b/properties/c', '/properties/d'])
  })
})
