import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/model.js'
import { compileJudge, judgeObject } from '../../../src/prompt/schema/judge.js'

const schema: JsonObject = {
  type: 'object',
  properties: {
    mood: { type: 'string', enum: ['good', 'bad'] },
    score: { type: 'integer', minimum: 1, maximum: 5 },
    day: { type: ['string', 'null'], format: 'date' },
    parts: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, price: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
        required: ['name', 'price'],
        additionalProperties: false,
      },
    },
  },
  required: ['mood', 'score', 'day', 'parts'],
  additionalProperties: false,
}

const good = { mood: 'good', score: 3, day: '2026-11-24', parts: [{ name: 'a', price: 0.5 }] }

const judge = async (value: unknown) => (await compileJudge(schema, 's.json'))(JSON.stringify(value))

describe('compileJudge', () => {
  it('takes an answer that fits, and gives its value', async () => {
    expect(await judge(good)).toEqual({ ok: true, value: good })
    expect(await judge({ ...good, day: null, parts: [] })).toMatchObject({ ok: true })
  })

  it.each<[string, unknown, string]>([
    ['a value not in the enum', { ...good, mood: 'fine' }, '/mood must be one of "good", "bad"'],
    ['a number out of bounds', { ...good, score: 6 }, '/score must be <= 5'],
    ['a date that is none', { ...good, day: '2026-02-30' }, '/day must match format "date"'],
    ['a missing property', { ...good, mood: undefined }, 'The answer must have the property "mood"'],
    ['a property too many', { ...good, more: 1 }, 'The answer must not have the property "more"'],
    ['a wrong type deep down', { ...good, parts: [{ name: 1, price: 1 }] }, '/parts/0/name must be string'],
    [
      'a value of no type of a union',
      { ...good, parts: [{ name: 'a', price: 'x' }] },
      '/parts/0/price must match a schema in anyOf',
    ],
    ['a type that is neither of two', { ...good, day: 5 }, '/day must be string or null'],
    ['a list in place of the object', [], 'The answer must be object'],
  ])('tells %s by pointer and reason', async (_what, value, message) => {
    expect(await judge(value)).toEqual({ ok: false, code: 'schema_mismatch', message })
  })

  it.each([
    ['', 'The answer is not JSON: it ends too early'],
    ['Sure! {"mood"', 'The answer is not JSON: character 1 cannot stand there'],
    ['{"mood": "good"', 'The answer is not JSON: it ends too early'],
    ['```json\n{}\n```', 'The answer is not JSON: it is wrapped in a code fence'],
  ])('tells that %j is not JSON', async (text, message) => {
    expect((await compileJudge(schema, 's.json'))(text)).toEqual({ ok: false, code: 'schema_mismatch', message })
  })

  it('judges the same text alike, however often', async () => {
    const compiled = await compileJudge(schema, 's.json')
    const texts = [JSON.stringify(good), '{}', 'no', JSON.stringify(good)]
    expect(texts.map(compiled)).toEqual(texts.map(compiled))
  })

  it('follows a schema that holds itself, and ends where an answer nests deeper than the stack', async () => {
    const tree: JsonObject = {
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
      required: ['next'],
      additionalProperties: false,
    }
    const compiled = await compileJudge(tree, 's.json')
    expect(compiled('{"next":{"next":null}}')).toMatchObject({ ok: true })
    expect(compiled('{"next":{"next":1}}')).toMatchObject({
      ok: false,
      message: expect.stringContaining('/next') as string,
    })
    const deep = `${'{"next":'.repeat(100_000)}null${'}'.repeat(100_000)}`
    expect(compiled(deep)).toMatchObject({ ok: false, code: 'schema_mismatch' })
  })

  it('takes multiples of a decimal fraction for what they are', async () => {
    const price = { type: 'number', multipleOf: 0.01 }
    const compiled = await compileJudge({ type: 'object', properties: { price } }, 's.json')
    expect(compiled('{"price":1.15}')).toMatchObject({ ok: true })
    expect(compiled('{"price":1.155}')).toMatchObject({ ok: false })
  })

  it.each(['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2019-09/schema', undefined])(
    'understands the dialect %s',
    async $schema => {
      const compiled = await compileJudge(
        { ...schema, ...($schema && { $schema }), $id: 'https://x.example/s' },
        's.json',
      )
      expect(compiled(JSON.stringify(good))).toMatchObject({ ok: true })
      expect(compiled('{}')).toMatchObject({ ok: false })
    },
  )

  it.each<[string, JsonObject, RegExp]>([
    ['a dialect that it does not know', { $schema: 'http://json-schema.org/draft-04/schema#' }, /s\.json: \/\$schema/],
    [
      'a keyword of the wrong type',
      { properties: { a: { minimum: 'x' } } },
      /: \/properties\/a\/minimum must be a number, not a text$/,
    ],
    ['a fraction of a count', { properties: { a: { minLength: 1.5 } } }, /minLength must be a whole number, not 1\.5$/],
    ['a count below zero', { properties: { a: { minLength: -1 } } }, /\/properties\/a\/minLength must be at least 0$/],
    ['a list for an object', { properties: ['a'] }, /: \/properties must be an object, not a list$/],
    ['nothing for a number', { properties: { a: { minimum: null } } }, /minimum must be a number, not null$/],
    ['a keyword of two types', { additionalProperties: 1 }, /must be an object or true or false, not a number$/],
    ['a name twice', { required: ['a', 'a'] }, /: \/required must not hold the same value twice$/],
    ['a multiple of nothing', { properties: { a: { multipleOf: 0 } } }, /multipleOf must be more than 0$/],
    [
      'a pattern that is none',
      { properties: { a: { type: 'string', pattern: '(' } } },
      /: \/properties\/a\/pattern is not a regular expression: Unterminated group$/,
    ],
  ])('refuses %s, with the place', async (_what, broken, message) => {
    await expect(compileJudge(broken, 's.json')).rejects.toThrow(message)
  })
})

describe('judgeObject', () => {
  it.each([
    ['{"a":1}', { ok: true, value: { a: 1 } }],
    ['[1]', { ok: false, code: 'invalid_json', message: 'The answer is JSON, but not an object' }],
    ['null', { ok: false, code: 'invalid_json', message: 'The answer is JSON, but not an object' }],
    ['{"a":', { ok: false, code: 'invalid_json', message: 'The answer is not JSON: it ends too early' }],
  ])('judges %j', (text, verdict) => {
    expect(judgeObject(text)).toEqual(verdict)
  })
})
