import { describe, expect, it } from 'vitest'
import { parseSchema } from '../../../src/prompt/schema/parse-schema.js'

describe('parseSchema', () => {
  it('gives the object that the file holds', () => {
    expect(parseSchema('{"type": "object"}', 's.json')).toEqual({ type: 'object' })
  })

  it.each([
    ['{\n  "type": "object",\n}', 's.json, line 3, column 1: not JSON, this cannot stand there'],
    ['{"a"\r\n:\r\nx}', 's.json, line 3, column 1: not JSON, this cannot stand there'],
    ['{"type": "object"', 's.json, line 1, column 18: not JSON, the file ends too early'],
    ['', 's.json, line 1, column 1: not JSON, the file ends too early'],
    ['[]', 's.json: a schema must be an object'],
    ['{"type": "object", "type": "string"}', 's.json, line 1: the key "type" stands there twice'],
    ['{"properties": {\n"a": {},\n"\\u0061": {}}}', 's.json, line 3: the key "a" stands there twice'],
  ])('refuses %j, with the place', (text, message) => {
    expect(() => parseSchema(text, 's.json')).toThrow(message)
  })
})
