import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { compileJudge } from '../../../src/prompt/schema/judge.js'
import { checkSync, withOwnCheck } from '../../../src/prompt/schema/own-check.js'
import { type StandardSchema, toJsonSchema } from '../../../src/prompt/schema/standard.js'

const judgeOf = async (schema: StandardSchema) =>
  withOwnCheck(await compileJudge(await toJsonSchema(schema), 'the schema'), schema)

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
