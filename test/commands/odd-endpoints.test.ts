import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { addedNames } from '../../src/output/columns.js'
import type { ScriptedCall } from '../../src/simulator/scripted.js'
import { createWorkspace, manyPrompts } from './workspace.js'

/** The simulator's own answer with another `usage`; undefined leaves it out. */
const withUsage = (call: ScriptedCall, usage: unknown): string => {
  const { usage: _usage, ...body } = JSON.parse(call.answer()) as JsonObject
  return JSON.stringify({ ...body, usage })
}

/** Runs twenty rows against an endpoint that tells no limits and reports this usage on every answer. */
const runWithUsage = async (usage: unknown) => {
  const work = await createWorkspace({}, { respond: call => ({ body: withUsage(call, usage) }) })
  const input = await work.write('in.csv', manyPrompts(20))
  const { summary, stop } = await work.run({ input, tpm: 1_000_000, concurrency: 4 })
  const results = await work.readCsv('in.results.csv')
  return { summary, stop, results, text: await work.read('in.results.csv') }
}

describe('S13: an endpoint that reports', () => {
  it.each([
    ['no usage', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a text', 'many'],
    ['numbers as texts', { prompt_tokens: '12', completion_tokens: '3' }],
    ['a negative number', { prompt_tokens: -1, completion_tokens: 5, total_tokens: 4 }],
    ['fractions', { prompt_tokens: 10.5, completion_tokens: 5, total_tokens: 15.5 }],
    ['a number no integer can hold', { prompt_tokens: 1e300, completion_tokens: 5 }],
    ['prompt tokens alone', { prompt_tokens: 12 }],
  ])('%s has every row answered, and its cost unknown', async (_title, usage) => {
    const { summary, stop, results, text } = await runWithUsage(usage)
    expect(stop).toBeUndefined()
    expect(summary).toMatchObject({ rows: { total: 20, ok: 20 }, cost_unknown_rows: 20 })
    expect(results.map(row => [row['status'], row['cost_usd'], row['prompt_tokens']])).toEqual(
      Array.from({ length: 20 }, () => ['ok', '', '']),
    )
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })

  it.each([
    ['nothing used', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, '0'],
    ['details that are null', { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: null }, '0.000021'],
    [
      'more cached than there is',
      { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 500 } },
      '0.0000135',
    ],
    ['prompt and total', { prompt_tokens: 100, total_tokens: 110 }, '0.000021'],
    [
      'more than any model takes',
      { prompt_tokens: 9_000_000_000_000_000, completion_tokens: 9_000_000_000_000_000 },
      '6750000000',
    ],
  ])('%s has every row answered, and priced as reported', async (_title, usage, costUsd) => {
    const { summary, stop, results, text } = await runWithUsage(usage)
    expect(stop).toBeUndefined()
    expect(summary.rows).toMatchObject({ total: 20, ok: 20 })
    expect(results.map(row => row['cost_usd'])).toEqual(Array.from({ length: 20 }, () => costUsd))
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('an endpoint that tells next to nothing', () => {
  it('has every row answered without rate headers and without usage', async () => {
    const work = await createWorkspace({ noHeaders: true, noUsage: 1, rpm: 6000, burstSeconds: 1 })
    const input = await work.write('in.csv', manyPrompts(150))
    const { summary } = await work.run({ input })
    expect(summary).toMatchObject({ rows: { ok: 150 }, cost_unknown_rows: 150, cost_usd: null })
  })

  it('has every row answered when it sends bare completions', async () => {
    const respond = () => ({ headers: { 'x-request-id': '' }, body: '{"choices":[{"message":{"content":"fine"}}]}' })
    const work = await createWorkspace({}, { respond })
    await work.run({ input: await work.write('in.csv', manyPrompts(5)) })
    const rows = await work.readCsv('in.results.csv')
    expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'prompt', ...addedNames({ prefix: '', fields: [] })])
    expect(rows.map(({ response, status, model }) => [response, status, model])).toEqual(
      Array.from({ length: 5 }, () => ['fine', 'ok', '']),
    )
  })
})

describe('an endpoint that knows max_tokens alone', () => {
  const unknown = {
    status: 400,
    body: JSON.stringify({
      error: { message: "Unknown field 'max_completion_tokens'", type: 'invalid_request_error' },
    }),
  }
  const respond = ({ body }: ScriptedCall) => ('max_completion_tokens' in body ? unknown : undefined)

  it('is asked with --max-tokens-name max_tokens', async () => {
    const work = await createWorkspace({}, { respond })
    const input = await work.write('in.csv', manyPrompts(20))
    const { summary } = await work.run({ input, maxTokens: 7, maxTokensName: 'max_tokens' })
    expect(summary.rows.ok).toBe(20)
    const rows = await work.readCsv('in.results.csv')
    expect(rows.every(row => Number(row['completion_tokens']) <= 7)).toBe(true)
  })

  it('stops the run at its start when it is asked otherwise, and its own words say why', async () => {
    const work = await createWorkspace({}, { respond })
    const input = await work.write('in.csv', manyPrompts(500))
    const { summary, stop } = await work.run({ input, maxTokens: 7 })
    expect(stop).toMatchObject({ code: 'misconfigured', message: expect.stringContaining('max_completion_tokens') })
    expect(summary.rows).toMatchObject({ failed: 0, pending: 500 })
    expect(work.simulator.ledger().calls).toBeLessThan(80)
    expect(stop?.hint).toContain('--max-tokens-name max_tokens')
  })

  it('answers every row once the setting at fault is changed: nothing was paid for that would be again', async () => {
    const work = await createWorkspace({}, { respond })
    const input = await work.write('in.csv', manyPrompts(30))
    const { summary } = await work.run({ input, maxTokens: 7 })
    expect(summary.rows).toMatchObject({ ok: 0, failed: 0, pending: 30 })
    const { summary: after } = await work.run({ input, maxTokens: 7, maxTokensName: 'max_tokens' })
    expect(after.rows).toMatchObject({ ok: 30, pending: 0 })
  })
})
