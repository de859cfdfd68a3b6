import { describe, expect, it } from 'vitest'
import { foldOutcome } from '../../src/core/fold-outcome.js'
import type { Judge } from '../../src/core/judge.js'
import { copyOutcome, faultOutcome, type Price, pendingOutcome } from '../../src/core/outcome.js'
import type { AnswerRecord, FailureRecord } from '../../src/core/records.js'
import { createTally } from '../../src/core/summary.js'

const key = '0'.repeat(32)

/** One femtodollar a prompt token, two a completion token; only the model m has a price. */
const price: Price = ({ model, usage }) =>
  model === 'm' ? BigInt(usage.promptTokens + 2 * usage.completionTokens) : undefined

interface Reply {
  readonly content?: string | null
  readonly finish?: string
  readonly model?: string
  readonly usage?: readonly [prompt: number, completion: number] | null
}

const completion = ({ content = 'yes', finish = 'stop', model = 'm', usage = [10, 5] }: Reply = {}): string =>
  JSON.stringify({
    model,
    choices: [{ message: { role: 'assistant', content }, finish_reason: finish }],
    ...(usage === null ? {} : { usage: { prompt_tokens: usage[0], completion_tokens: usage[1] } }),
  })

const answer = (body: string, attempt = 1): AnswerRecord => ({
  kind: 'answer',
  key,
  nth: 0,
  row: 0,
  attempt,
  at: attempt,
  status: 200,
  latency_ms: 100 * attempt,
  request_id: `req-${attempt}`,
  simulated: false,
  body,
})

const failure = (code: string, attempt = 1): FailureRecord => ({
  kind: 'failure',
  key,
  nth: 0,
  row: 0,
  attempt,
  at: attempt,
  final: true,
  code,
  message: `it was ${code}`,
  status: 500,
  latency_ms: 7,
  request_id: null,
  ambiguous: true,
  body: null,
})

describe('foldOutcome', () => {
  it('tells an answer with its cost', () => {
    expect(foldOutcome([answer(completion())], price)).toMatchObject({
      status: 'ok',
      response: 'yes',
      finishReason: 'stop',
      errorCode: undefined,
      model: 'm',
      costUsd: 20n,
      costUnknown: false,
      attempts: 1,
      latencyMs: 100,
      requestId: 'req-1',
    })
  })

  it('tells a failure in its own words', () => {
    expect(foldOutcome([failure('timeout', 3)], price)).toMatchObject({
      status: 'failed',
      errorCode: 'timeout',
      errorMessage: 'it was timeout',
      attempts: 3,
      usage: undefined,
      costUsd: undefined,
      costUnknown: false,
    })
  })

  it('counts what unusable answers cost beside the good one', () => {
    const records = [answer(completion({ content: null })), answer(completion({ usage: [1, 1] }), 2)]
    expect(foldOutcome(records, price)).toMatchObject({
      status: 'ok',
      costUsd: 23n,
      usage: { promptTokens: 11, completionTokens: 6 },
      attempts: 2,
      requestId: 'req-2',
    })
  })

  const good = answer(completion({ content: 'good' }), 1)
  const better = answer(completion({ content: 'later' }), 2)
  const cut = answer(completion({ content: 'cut', finish: 'length' }), 1)
  const cutAgain = answer(completion({ content: 'cut again', finish: 'length' }), 2)
  const page = answer('<html>', 2)
  it.each([
    ['the first good answer over a later one', [good, better], 'good', 'ok'],
    ['a good answer over an earlier failure', [failure('timeout'), better], 'later', 'ok'],
    ['a good answer over a later failure', [good, failure('timeout', 2)], 'good', 'ok'],
    ['a whole answer over one that was cut', [cut, better], 'later', 'ok'],
    ['the later of two that were cut', [cut, cutAgain], 'cut again', 'ok'],
    ['a cut answer over a page that is no answer', [cut, page], 'cut', 'ok'],
    ['the later of two failures', [page, failure('timeout', 3)], undefined, 'failed'],
  ] as const)('takes %s', (_title, records, response, status) => {
    expect(foldOutcome(records, price)).toMatchObject({ response, status })
  })

  it.each([
    ['without usage', completion({ usage: null })],
    ['of a model without a price', completion({ model: 'other' })],
  ])('says unknown, never zero, for the cost of an answer %s', (_title, body) => {
    expect(foldOutcome([answer(body)], price)).toMatchObject({ costUsd: undefined, costUnknown: true, status: 'ok' })
  })

  it('keeps an answer that was cut, with a flag', () => {
    expect(foldOutcome([cut], price)).toMatchObject({ status: 'ok', errorCode: 'truncated', response: 'cut' })
  })
})

describe('createTally', () => {
  it('adds rows, tokens, money and reasons up', () => {
    const tally = createTally()
    tally.add(foldOutcome([answer(completion())], price))
    tally.add(foldOutcome([answer(completion({ finish: 'length' }))], price))
    tally.add(foldOutcome([answer(completion({ model: 'other' }))], price))
    tally.add(foldOutcome([failure('timeout', 6)], price))
    tally.add(faultOutcome({ code: 'empty_prompt', message: 'the prompt is empty' }))
    tally.add(pendingOutcome(2))
    expect(tally.summary(1234.4)).toEqual({
      rows: { total: 6, ok: 3, failed: 2, pending: 1 },
      failures: { timeout: 1, empty_prompt: 1 },
      tokens: { prompt: 30, cached: 0, completion: 15, reasoning: 0 },
      cost_usd: '0.00000000000004',
      cost_unknown_rows: 1,
      attempts: 11,
      wall_ms: 1234,
      models: {
        m: { rows: 2, tokens: { prompt: 20, cached: 0, completion: 10, reasoning: 0 }, cost_usd: '0.00000000000004' },
        other: { rows: 1, tokens: { prompt: 10, cached: 0, completion: 5, reasoning: 0 }, cost_usd: null },
      },
      flagged: { truncated: 1 },
      simulated: false,
      copies: { rows: 0, tokens: { prompt: 0, cached: 0, completion: 0, reasoning: 0 }, saved_usd: '0' },
      unclear: { calls: 0, at_most_usd: '0' },
    })
  })

  it('counts a call once, however many rows share it, and says what they would have taken', () => {
    const tally = createTally()
    const sent = foldOutcome([answer(completion())], price)
    for (const outcome of [sent, copyOutcome(sent), copyOutcome(copyOutcome(sent))]) tally.add(outcome)
    const { rows, tokens, cost_usd, attempts, copies } = tally.summary(0)
    expect(rows.ok).toBe(3)
    expect({ tokens, cost_usd, attempts }).toEqual({
      tokens: { prompt: 10, cached: 0, completion: 5, reasoning: 0 },
      cost_usd: '0.00000000000002',
      attempts: sent.attempts,
    })
    expect(copies).toEqual({
      rows: 2,
      tokens: { prompt: 20, cached: 0, completion: 10, reasoning: 0 },
      saved_usd: '0.00000000000004',
    })
  })

  it('takes for saved what the call took that brought the answer, without those in vain before it', () => {
    const tally = createTally()
    const empty = answer(completion({ content: null }))
    const sent = foldOutcome([empty, empty, answer(completion())], price)
    expect(sent.usage).toMatchObject({ promptTokens: 30, completionTokens: 15 })
    for (const outcome of [sent, copyOutcome(sent)]) tally.add(outcome)
    const failed = foldOutcome([failure('timeout'), failure('timeout', 2)], price)
    for (const outcome of [failed, copyOutcome(failed)]) tally.add(outcome)
    expect(tally.summary(0)).toMatchObject({
      cost_usd: '0.00000000000006',
      copies: {
        rows: 2,
        tokens: { prompt: 10, cached: 0, completion: 5, reasoning: 0 },
        saved_usd: '0.00000000000002',
      },
    })
  })

  it('calls the cost zero when nothing was answered, and unknown when no answer has a price', () => {
    const tally = createTally()
    expect(tally.summary(0).cost_usd).toBe('0')
    tally.add(foldOutcome([answer(completion({ model: 'other' }))], price))
    expect(tally.summary(0).cost_usd).toBeNull()
  })
})

describe('foldOutcome with a judge', () => {
  const judge: Judge = text =>
    text.startsWith('{') ? { ok: true, value: { text } } : { ok: false, code: 'schema_mismatch', message: 'no object' }
  const fold = (...records: readonly (AnswerRecord | FailureRecord)[]) => foldOutcome(records, price, judge)

  it('gives the value of an answer that fits', () => {
    expect(fold(answer(completion({ content: '{}' })))).toMatchObject({ status: 'ok', parsed: { text: '{}' } })
  })

  it('keeps an answer that does not fit, paid and failed', () => {
    expect(fold(answer(completion({ content: 'no' })))).toMatchObject({
      status: 'failed',
      response: 'no',
      parsed: undefined,
      finishReason: 'stop',
      errorCode: 'schema_mismatch',
      errorMessage: 'no object',
      costUsd: 20n,
    })
  })

  it('prefers an answer that fits to one that does not, and counts the cost of both', () => {
    const [bad, good] = [answer(completion({ content: 'no' }), 1), answer(completion({ content: '{}' }), 2)]
    expect(fold(bad, good)).toMatchObject({ status: 'ok', response: '{}', attempts: 2, costUsd: 40n })
  })

  it('tells the latest of several that do not fit, and prefers it to a call that brought nothing', () => {
    const [first, second] = [answer(completion({ content: 'one' }), 1), answer(completion({ content: 'two' }), 2)]
    expect(fold(first, second, failure('timeout', 3))).toMatchObject({ response: 'two', errorCode: 'schema_mismatch' })
  })

  it.each([
    ['cut at the token limit', 'length', 'truncated'],
    ['cut by a filter', 'content_filter', 'content_filter'],
  ])('fails an answer %s by that name', (_what, finish, code) => {
    expect(fold(answer(completion({ content: 'no', finish })))).toMatchObject({ status: 'failed', errorCode: code })
  })

  it('takes a cut answer whose JSON is whole', () => {
    const cut = answer(completion({ content: '{}', finish: 'length' }))
    expect(fold(cut)).toMatchObject({ status: 'ok', errorCode: 'truncated', parsed: { text: '{}' } })
  })

  it('leaves a refusal what it is', () => {
    const message = { role: 'assistant', content: null, refusal: 'I cannot' }
    const refusal = answer(JSON.stringify({ model: 'm', choices: [{ message, finish_reason: 'stop' }] }))
    expect(fold(refusal)).toMatchObject({ status: 'ok', errorCode: 'refused', response: 'I cannot', parsed: undefined })
  })
})
