import { describe, expect, it } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/model.js'
import { fieldsOf, toSchemaForm, writeResponseFormat } from '../../src/prompt/answer-form.js'

const schema: JsonObject = {
  type: 'object',
  properties: { why: { type: 'string' }, answer: { type: 'string' } },
  required: ['why', 'answer'],
  additionalProperties: false,
}

const formatOf = (given: JsonObject) => writeResponseFormat(toSchemaForm(given, 's.json'))

describe('toSchemaForm', () => {
  it('has a field for each top-level property, in the order of the schema', () => {
    expect(fieldsOf(toSchemaForm(schema, 's.json'))).toEqual(['why', 'answer'])
    expect(fieldsOf({ kind: 'object' })).toEqual([])
    expect(fieldsOf(undefined)).toEqual([])
  })

  it('tells all that strict mode refuses in one error, with file and places', () => {
    const faulty = { type: 'object', properties: { a: {} } }
    const tell = () => toSchemaForm(faulty, 's.json')
    expect(tell).toThrow(PromptmillError)
    expect(tell).toThrow(/^s\.json: strict mode does not take this schema\n {2}\(root\): .*\n.*\n {2}\/properties\/a: /)
  })
})

describe('writeResponseFormat', () => {
  it('asks for the schema in strict mode', () => {
    expect(JSON.parse(formatOf(schema))).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema },
    })
  })

  it('keeps the order of the properties, in which the model writes them', () => {
    const turned = { ...schema, properties: { answer: { type: 'string' }, why: { type: 'string' } } }
    expect(formatOf(schema)).toContain('"properties":{"why":{"type":"string"},"answer":')
    expect(formatOf(turned)).not.toBe(formatOf(schema))
  })

  it('is the same whatever the order of the keywords', () => {
    const turned = Object.fromEntries(Object.entries(schema).toReversed())
    expect(formatOf(turned)).toBe(formatOf(schema))
  })

  it.each([
    ['Review facts', 'Review_facts'],
    ['a/b: c', 'a_b_c'],
    ['x'.repeat(99), 'x'.repeat(64)],
    ['', 'answer'],
  ])('calls the schema by its title %j in letters that the API takes', (title, name) => {
    expect(JSON.parse(formatOf({ ...schema, title }))).toMatchObject({ json_schema: { name } })
  })

  it('asks for any object without a schema', () => {
    expect(writeResponseFormat({ kind: 'object' })).toBe('{"type":"json_object"}')
  })
})
