import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureClassOf } from '../../src/core/failures.js'
import type { JournalRecord } from '../../src/core/records.js'
import type { Exchange, Transport } from '../../src/send/contract.js'
import { apiError, completion } from './endpoint.js'
import { createSending, requests } from './sending.js'
import { createVirtualClock } from './virtual-clock.js'

const reply = (status: number, body: string, headers: Record<string, string> = {}): Exchange => ({
  kind: 'reply',
  reply: { status, headers, body, latencyMs: 20 },
})

const broken = (code: string, sent: boolean): Exchange => ({ kind: 'broken', code, sent, message: code, latencyMs: 20 })

/** Everything that may become of a call, and that does not end the run at once. */
const outcomes = {
  answer: reply(200, completion()),
  limitedHeaders: reply(200, completion(), {
    'x-ratelimit-limit-requests': '600',
    'x-ratelimit-remaining-requests': '3',
    'x-ratelimit-limit-tokens': '100000',
    'x-ratelimit-remaining-tokens': '50',
  }),
  empty: reply(200, completion('')),
  cut: reply(200, '{"choices":['),
  error200: reply(200, '{"error":{"message":"upstream"}}'),
  limited200: reply(200, '{"error":{"code":"429","message":"slow"}}'),
  limited: reply(429, apiError('rate_limit_exceeded')),
  limitedFor: reply(429, apiError('rate_limit_exceeded'), { 'retry-after': '3' }),
  slowDown: reply(429, apiError('slow_down')),
  overloaded: reply(503, apiError('server_is_overloaded')),
  failed: reply(500, ''),
  conflict: reply(409, ''),
  badRequest: reply(400, apiError('unknown_parameter')),
  policy: reply(400, apiError('content_policy_violation')),
  refusedConnection: broken('ECONNREFUSED', false),
  noSockets: broken('EMFILE', false),
  reset: broken('ECONNRESET', true),
  deadline: broken('deadline', true),
  neverConnected: broken('deadline', false),
} as const

type OutcomeName = keyof typeof outcomes

const isRow = (row: { readonly row: number }, record: JournalRecord): boolean =>
  'row' in record && record.row === row.row

const run = async (schedule: readonly OutcomeName[], settings: { retries: number; concurrency: number }) => {
  const clock = createVirtualClock()
  let calls = 0
  const transport: Transport = {
    send: () => {
      const exchange = outcomes[schedule[calls % schedule.length] ?? 'answer']
      calls += 1
      return new Promise(resolve => clock.after(20, () => resolve(exchange)))
    },
    abort: () => undefined,
    close: async () => undefined,
  }
  let state = 1
  const random = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  const sending = createSending(transport, { clock, settings: { ...settings, maxWaitMs: 60_000 }, ports: { random } })
  const rows = requests(40)
  await sending.run(rows, { passWhileInFlight: true })
  return { ...sending, clock, rows, calls }
}

describe('any schedule of faults', () => {
  it('ends, leaves no timer, settles each row once and never buys one more often than allowed', async () => {
    const names = constantFrom(...(Object.keys(outcomes) as OutcomeName[]))
    const settings = record({ retries: integer({ min: 0, max: 4 }), concurrency: integer({ min: 1, max: 20 }) })
    await assert(
      asyncProperty(array(names, { minLength: 1, maxLength: 30 }), settings, async (schedule, given) => {
        const { settled, sender, journal, clock, rows, calls } = await run(schedule, given)
        expect(clock.pending).toBe(0)
        expect(sender.load().inFlight).toBe(0)
        expect(journal.records.filter(({ kind }) => kind === 'start').length).toBeGreaterThanOrEqual(calls)
        // Rows that were never pulled have no end, and only a stopped run has such.
        if (sender.stop === undefined) expect(settled.size).toBe(rows.length)
        for (const row of rows) {
          const records = journal.records.filter(one => isRow(row, one))
          const ambiguous = records.filter(one => one.kind === 'failure' && one.ambiguous)
          expect(ambiguous.length).toBeLessThanOrEqual(1 + given.retries)
          const finals = records.filter(one => one.kind === 'failure' && one.final)
          const end = settled.get(row.row)
          expect(finals).toHaveLength(end?.status === 'failed' && end.code !== 'empty_answer' ? 1 : 0)
          if (end?.status === 'failed') expect(failureClassOf(end.code)).not.toBe('refused')
        }
      }),
      { numRuns: 150 },
    )
  })
})
