import { describe, expect, it } from 'vitest'
import { createEventView, progressEvents } from '../../src/cli/progress-events.js'
import type { ProgressView } from '../../src/cli/progress-view.js'
import type { PlanCounts, RetryForecast } from '../../src/commands/ports.js'
import type { RunResult } from '../../src/commands/run.js'
import { type Outcome, pendingOutcome } from '../../src/core/outcome.js'
import { createTally } from '../../src/core/summary.js'
import { startSnapshot, toProgress, toSnapshot } from './progress-samples.js'

const answered: Outcome = { ...pendingOutcome(2), status: 'ok', response: 'secret', costUsd: 1_230_000_000n }
const failed: Outcome = { ...pendingOutcome(6), status: 'failed', errorCode: 'timeout', errorMessage: 'Too late' }

/** The events of what a view is told, read back. */
const eventsOf = (tell: (view: ProgressView) => void): unknown[] => {
  const said: string[] = []
  tell(createEventView({ say: line => said.push(line) }))
  expect(said.join('')).not.toContain('\n')
  return said.map(line => JSON.parse(line) as unknown)
}

const counts: PlanCounts = {
  rows: 1,
  reused: 0,
  moved: 0,
  edited: 0,
  new: 1,
  removed: 0,
  pending: 1,
  faulty: 0,
  copies: 0,
}

const forecast: RetryForecast = {
  rows: 5,
  codes: { timeout: 5 },
  copies: 15,
  override: {},
  promptTokens: 70,
  costUsd: undefined,
  unpricedRows: 5,
}

const stoppedRun: RunResult = {
  summary: createTally().summary(12),
  results: undefined,
  runFolder: 'out.run',
  plan: counts,
  stop: { code: 'invalid_key', message: 'The key is wrong', hint: undefined },
  examples: [],
  accuracy: undefined,
  capUsd: undefined,
  session: { wallMs: 12, sentMs: 0, settled: 0 },
}

const keysOf = (event: unknown): string[] => Object.keys(event ?? {})

const halfway = {
  event: 'progress',
  rows: 3000,
  done: 1204,
  failed: 3,
  settled: 1200,
  in_flight: 64,
  in_flight_limit: 64,
  prompt_tokens: 240_000,
  completion_tokens: 60_000,
  spent_usd: '0.0123',
  expected_usd: '0.030709',
  rows_per_second: 52.2,
  tokens_per_second: 13_050,
  elapsed_ms: 23_000,
  left_ms: 34_400,
  hold: null,
  hold_wait_ms: null,
}

describe('createEventView', () => {
  it('tells what a retry will send and cost', () => {
    const costUsd = { low: 1_000_000n, expected: 2_000_000n, high: 3_000_000n }
    const told = { ...forecast, override: { model: 'gpt-4o' }, costUsd, unpricedRows: 0 }
    expect(eventsOf(view => view.onRetry?.(told))).toEqual([
      {
        event: 'retry',
        rows: 5,
        codes: { timeout: 5 },
        copies: 15,
        override: { model: 'gpt-4o' },
        prompt_tokens: 70,
        cost_usd: { low: '0.000000001', expected: '0.000000002', high: '0.000000003' },
        cost_unknown_rows: 0,
      },
    ])
  })

  it('tells the plan', () => {
    const plan = { rows: 3000, reused: 4, moved: 2, edited: 3, new: 5, removed: 1, pending: 2990, faulty: 6, copies: 0 }
    expect(eventsOf(view => view.onPlan?.(plan))).toEqual([{ event: 'plan', ...plan }])
  })

  it('tells how far it is, with exact decimals as strings', () => {
    expect(eventsOf(view => view.show(toSnapshot()))).toEqual([halfway])
  })

  it('tells null where nothing is known yet', () => {
    expect(eventsOf(view => view.show(startSnapshot))).toMatchObject([
      { spent_usd: '0', expected_usd: null, rows_per_second: null, tokens_per_second: null, left_ms: null },
    ])
    expect(eventsOf(view => view.show(toSnapshot({ progress: toProgress({ unpriced: 1 }) })))).toMatchObject([
      { spent_usd: null, expected_usd: null },
    ])
  })

  it('tells the hold of the moment, not the remembered one', () => {
    const hold = { reason: 'outage', waitMs: 4999.7 } as const
    const now = toProgress({ load: { inFlight: 1, limit: 1, hold } })
    expect(eventsOf(view => view.show(toSnapshot({ progress: now })))).toMatchObject([
      { hold: 'outage', hold_wait_ms: 5000 },
    ])
    expect(eventsOf(view => view.show(toSnapshot({ hold })))).toMatchObject([{ hold: null, hold_wait_ms: null }])
  })

  it.each([
    ['answered', answered, { status: 'ok', error_code: null, cost_usd: '0.00000123', attempts: 2 }],
    ['failed', failed, { status: 'failed', error_code: 'timeout', cost_usd: null, attempts: 6 }],
  ])('tells that a row was %s, without its text', (_title, outcome, fields) => {
    expect(eventsOf(view => view.onOutcome?.({ row: 17, line: 19, outcome }))).toEqual([
      { event: 'row', row: 17, line: 19, source: null, ...fields },
    ])
  })

  it('tells the last state when the sending ends', () => {
    expect(eventsOf(view => view.end(toSnapshot()))).toEqual([halfway, { event: 'sent' }])
  })

  it('turns lines for people into notices without colour', () => {
    const events = eventsOf(view => {
      view.note?.('line one\nline two')
      view.say('\x1b[33mnote:\x1b[39m price unknown')
    })
    expect(events).toEqual([
      { event: 'notice', text: 'line one\nline two' },
      { event: 'notice', text: 'note: price unknown' },
    ])
  })
})

describe('the last event', () => {
  it('tells what stands and why the run stopped', () => {
    expect(eventsOf(view => view.onResult?.(stoppedRun))).toEqual([
      {
        event: 'end',
        summary: stoppedRun.summary,
        results: null,
        accuracy: null,
        stop: { code: 'invalid_key', message: 'The key is wrong', hint: null },
      },
    ])
  })
})

describe('progressEvents', () => {
  it('names every event with exactly the fields that are written', () => {
    const events = eventsOf(view => {
      view.onPlan?.(counts)
      view.onRetry?.(forecast)
      view.end(toSnapshot())
      view.onOutcome?.({ row: 1, line: 2, outcome: answered })
      view.note?.('text')
      view.onResult?.(stoppedRun)
    })
    const { plan, retry, progress, sent, row, notice, end } = progressEvents
    const documented = [plan, retry, progress, sent, row, notice, end].map(({ fields }) => [
      'event',
      ...Object.keys(fields),
    ])
    expect(events.map(keysOf)).toEqual(documented)
    expect(Object.keys(progressEvents)).toHaveLength(documented.length)
  })
})
