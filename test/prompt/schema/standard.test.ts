import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { JsonObject } from '../../../src/core/model.js'
import { type StandardSchema, toJsonSchema } from '../../../src/prompt/schema/standard.js'
import { findStrictFaults } from '../../../src/prompt/schema/strict.js'

const listing = z.object({
  kind: z.enum(['flat', 'room']),
  rooms: z.number().nullable(),
  from: z.iso.date(),
  mail: z.email(),
  page: z.url(),
  size: z.discriminatedUnion('unit', [
    z.object({ unit: z.literal('sqm'), value: z.number() }),
    z.object({ unit: z.literal('rooms'), count: z.int() }),
  ]),
  tags: z.array(z.object({ name: z.string() })).default([]),
  title: z.string().transform(text => text.length),
})

describe('toJsonSchema', () => {
  it('makes of a Zod object what strict mode takes', async () => {
    const schema = await toJsonSchema(listing)
    expect(findStrictFaults(schema)).toEqual([])
    expect(Object.keys(schema['properties'] as JsonObject)).toEqual(Object.keys(listing.shape))
  })

  it('leaves what may be missing for the check of strict mode to tell', async () => {
    const schema = await toJsonSchema(z.object({ a: z.string().optional() }))
    expect(findStrictFaults(schema)).toEqual([{ pointer: '', problem: expect.stringContaining('"a"') as string }])
  })

  it('takes the schema of any library that offers its JSON Schema', async () => {
    const own = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
    const schema: StandardSchema = {
      '~standard': { version: 1, vendor: 'own', validate: value => ({ value }), jsonSchema: { input: () => own } },
    }
    expect(await toJsonSchema(schema)).toEqual(own)
  })

  it('finds the conversion of a Zod that does not offer it', async () => {
    const object = z.object({ a: z.string() })
    const { validate, vendor, version } = object['~standard']
    const older = Object.create(object, { '~standard': { value: { validate, vendor, version } } }) as typeof object
    expect(await toJsonSchema(older)).toMatchObject({ type: 'object', required: ['a'], additionalProperties: false })
  })

  it('says what to do with a library that offers none', async () => {
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'own', validate: value => ({ value }) } }
    await expect(toJsonSchema(schema)).rejects.toMatchObject({
      message: 'The schema of own cannot be turned into a JSON Schema',
      hint: expect.stringContaining('Give the JSON Schema itself') as string,
    })
    await expect(toJsonSchema(z.object({ a: z.date() }))).rejects.toThrow('cannot be turned into a JSON Schema')
  })
})
