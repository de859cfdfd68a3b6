import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { JsonObject } from '../../../src/core/model.js'
import { compileJudge } from '../../../src/prompt/schema/judge.js'
import { checkSync, type StandardSchema, toJsonSchema, withOwnCheck } from '../../../src/prompt/schema/standard.js'
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

const judgeOf = async (schema: StandardSchema) =>
  withOwnCheck(await compileJudge(await toJsonSchema(schema), 'the schema'), schema)

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

describe('withOwnCheck', () => {
  const schema = z
    .object({ from: z.int(), to: z.int(), parts: z.array(z.object({ name: z.string().trim() })) })
    .refine(({ from, to }) => from <= to, { path: ['to'], message: 'comes before from' })

  it('gives the value that the library makes of an answer', async () => {
    const judge = await judgeOf(schema)
    const verdict = judge('{"from":1,"to":2,"parts":[{"name":" a "}]}')
    expect(verdict).toEqual({ ok: true, value: { from: 1, to: 2, parts: [{ name: 'a' }] } })
  })

  it('tells what the library alone finds, by pointer and in its words', async () => {
    const judge = await judgeOf(schema)
    expect(judge('{"from":2,"to":1,"parts":[]}')).toEqual({
      ok: false,
      code: 'schema_mismatch',
      message: '/to: comes before from',
      ownCheck: true,
    })
  })

  it('tells what the JSON Schema finds as ever', async () => {
    expect((await judgeOf(schema))('{"from":2}')).toMatchObject({ ok: false, code: 'schema_mismatch' })
    expect((await judgeOf(schema))('{"from":2}')).not.toHaveProperty('ownCheck')
  })

  it('refuses checks that take their time', async () => {
    const slow: StandardSchema = {
      '~standard': { version: 1, vendor: 'own', validate: value => Promise.resolve({ value }) },
    }
    expect(() => checkSync(slow)).toThrow('checks asynchronously')
    const refined = z.object({ a: z.string() }).refine(() => Promise.resolve(true))
    const judge = await judgeOf(refined)
    expect(() => judge('{"a":"x"}')).toThrow('checks asynchronously')
  })
})
