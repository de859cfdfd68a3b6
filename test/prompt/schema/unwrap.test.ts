import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/model.js'
import { unwrapSchema } from '../../../src/prompt/schema/unwrap.js'

const schema: JsonObject = { type: 'object', properties: { mood: { type: 'string' } } }

const unwrap = (given: JsonObject) => unwrapSchema({ schema: given, name: 's.json' })

describe("a schema in the API's own wrapping", () => {
  it.each<[string, JsonObject, string]>([
    [
      'response_format',
      { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
      's.json (in json_schema/schema)',
    ],
    ['its inner object', { name: 'x', schema, strict: true }, 's.json (in schema)'],
    ['the format of the Responses API', { type: 'json_schema', name: 'x', schema }, 's.json (in schema)'],
  ])('is taken out of %s, and keeps its name as its title', (_what, given, name) => {
    expect(unwrap(given)).toEqual({ schema: { ...schema, title: 'x' }, name })
  })

  it('keeps the description, and what it says of itself goes before both', () => {
    const own = { ...schema, title: 'Own', description: 'Mine' }
    expect(unwrap({ name: 'x', description: 'y', schema }).schema).toEqual({ ...schema, title: 'x', description: 'y' })
    expect(unwrap({ name: 'x', description: 'y', schema: own }).schema).toEqual(own)
  })

  it.each<[string, JsonObject]>([
    ['a plain schema', schema],
    ['a schema with a property of that name', { type: 'object', properties: { schema: { type: 'object' } } }],
    ['a wrapping that holds no schema', { type: 'json_schema', json_schema: { name: 'x' } }],
    ['nothing', {}],
  ])('is left as it is when it is %s', (_what, given) => {
    expect(unwrap(given)).toEqual({ schema: given, name: 's.json' })
  })
})
