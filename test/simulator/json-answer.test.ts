import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { compileJudge, judgeObject } from '../../src/prompt/schema/judge.js'
import { findStrictFaults } from '../../src/prompt/schema/strict.js'
import { findWords } from '../../src/simulator/answer-text.js'
import { jsonFormOf, writeJson } from '../../src/simulator/json-answer.js'
import { writePattern } from '../../src/simulator/pattern-text.js'
import { createRandom } from '../../src/simulator/random.js'

const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})

const text: JsonObject = { type: 'string' }

const schemas: readonly (readonly [string, JsonObject])[] = [
  ['texts', closed({ a: text, b: { type: 'string', minLength: 30 }, c: { type: 'string', maxLength: 4 } })],
  ['enums and constants', closed({ a: { enum: ['x', 1, null] }, b: { const: { c: [1] } }, c: { type: 'boolean' } })],
  [
    'numbers',
    closed({
      a: { type: 'integer', minimum: 3, maximum: 4 },
      b: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      c: { type: 'integer', multipleOf: 7, maximum: -1 },
      d: { type: 'number', multipleOf: 0.05 },
    }),
  ],
  [
    'lists',
    closed({
      a: { type: 'array', items: text, minItems: 2, maxItems: 2 },
      b: { type: 'array', items: closed({ c: text }) },
    }),
  ],
  [
    'values that may be null',
    closed({ a: { type: ['string', 'null'] }, b: { anyOf: [closed({ c: text }), { type: 'null' }] } }),
  ],
  [
    'definitions',
    closed({ a: { $ref: '#/$defs/b' } }, { $defs: { b: closed({ c: { $ref: '#/$defs/d' } }), d: text } }),
  ],
  [
    'itself',
    closed({ next: { anyOf: [{ $ref: '#' }, { type: 'null' }] }, more: { type: 'array', items: { $ref: '#' } } }),
  ],
  [
    'formats',
    closed(
      Object.fromEntries(
        ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'].map(format => [
          format,
          { type: 'string', format },
        ]),
      ),
    ),
  ],
  [
    'patterns',
    closed({
      a: { type: 'string', pattern: '^[A-Z]{2}-\\d{3,5}$' },
      b: { type: 'string', pattern: '^(?:yes|no|n/a)$' },
    }),
  ],
]

const words = findWords('Extract the invoice number from this letter of complaint')

const write = (schema: JsonObject | undefined, seed: number, valid = true): string =>
  writeJson({ schema }, words, { random: createRandom(seed), valid })

const seeds = Array.from({ length: 100 }, (_, seed) => seed)

describe('writeJson', () => {
  it.each(schemas)('fits a schema of %s', async (_what, schema) => {
    expect(findStrictFaults(schema)).toEqual([])
    const judge = await compileJudge(schema, 's.json')
    for (const seed of seeds) expect(judge(write(schema, seed))).toMatchObject({ ok: true })
  })

  it.each(schemas)('breaks a schema of %s when it should', async (_what, schema) => {
    const judge = await compileJudge(schema, 's.json')
    for (const seed of seeds) expect(judge(write(schema, seed, false))).toMatchObject({ ok: false })
  })

  it.each(['__proto__', 'constructor', 'toString'])('takes the format %s as one it does not know', format => {
    const schema = closed({ a: { type: 'string', format } })
    for (const seed of seeds) expect(JSON.parse(write(schema, seed))).toEqual({ a: expect.any(String) as string })
  })

  it('writes an object where no schema is given, and none when it should not', () => {
    for (const seed of seeds) {
      expect(judgeObject(write(undefined, seed))).toMatchObject({ ok: true })
      expect(judgeObject(write(undefined, seed, false))).toMatchObject({ ok: false })
    }
  })

  it('is made of the words of the prompt, and the same for the same seed', () => {
    const answer = write(closed({ a: text, b: text, c: text }), 7)
    expect(answer).toMatch(/invoice|number|letter|complaint|extract/i)
    expect(write(closed({ a: text, b: text, c: text }), 7)).toBe(answer)
  })

  it('keeps the order of the properties', () => {
    const order = ['z', 'a', 'm']
    const schema = closed(Object.fromEntries(order.map(name => [name, text])))
    expect(Object.keys(JSON.parse(write(schema, 1)) as object)).toEqual(order)
  })
})

describe('jsonFormOf', () => {
  it.each([
    [{}, undefined],
    [{ response_format: null }, undefined],
    [{ response_format: { type: 'text' } }, undefined],
    [{ response_format: { type: 'json_object' } }, { schema: undefined }],
    [{ response_format: { type: 'json_schema', json_schema: { name: 'a', schema: text } } }, { schema: text }],
  ])('reads %j', (body, form) => {
    expect(jsonFormOf(body)).toEqual(form)
  })
})

describe('writePattern', () => {
  it.each([
    String.raw`^\d{4}-\d{2}-\d{2}$`,
    String.raw`^[a-z][a-z0-9_-]*$`,
    String.raw`^(?:A|B{2,3}|C+)[^xyz]?$`,
    String.raw`^\+?[\d ]{6,12}$`,
    String.raw`^(RE|GS)\/\w+\.pdf$`,
    String.raw`^[^@\s]+@[^@\s]+\.(com|org)$`,
    String.raw`^\u00e4\x41$`,
  ])('writes texts that match %s', source => {
    const pattern = new RegExp(source, 'u')
    for (const seed of seeds) expect(writePattern(source, createRandom(seed))).toMatch(pattern)
  })
})
