import { assert, constantFrom, double, integer, option, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, decideRetry, serverWaitMs } from '../../src/send/retry-policy.js'

const limits = { retries: 2, rowTimeoutMs: 100_000, maxWaitMs: 60_000 }
const failed = { class: 'ambiguous', ambiguous: 1, failures: 1, askedMs: undefined, triedMs: 0 } as const

describe('decideRetry', () => {
  it.each([
    ['tries again after half the first step', failed, { kind: 'retry', waitMs: 250 }],
    ['doubles the step', { ...failed, failures: 3 }, { kind: 'retry', waitMs: 1000 }],
    ['fails a row that may have been billed too often', { ...failed, ambiguous: 3 }, { kind: 'fail' }],
    [
      'never fails a row for refusals',
      { ...failed, class: 'refused', ambiguous: 0, failures: 50 },
      { kind: 'retry', waitMs: 30_000 },
    ],
    [
      'never fails a row for calls that were not sent',
      { ...failed, class: 'never-sent', ambiguous: 0, failures: 50 },
      { kind: 'retry', waitMs: 30_000 },
    ],
    [
      'waits as long as asked, and a little more',
      { ...failed, class: 'refused', askedMs: 2000 },
      { kind: 'retry', waitMs: 2300 },
    ],
    [
      'waits longer than asked where that was too short again and again',
      { ...failed, class: 'refused', failures: 6, askedMs: 10 },
      { kind: 'retry', waitMs: 2000 },
    ],
    [
      'takes the word of the server that turned out right before',
      { ...failed, class: 'refused', failures: 2, askedMs: 10 },
      { kind: 'retry', waitMs: 61.25 },
    ],
    [
      'stops at a longer wait than is allowed',
      { ...failed, class: 'refused', askedMs: 60_001 },
      { kind: 'wait_too_long', waitMs: 60_001 },
    ],
    ['fails what has been tried for too long', { ...failed, triedMs: 99_900 }, { kind: 'fail' }],
    [
      'waits out a refusal all the same',
      { ...failed, class: 'refused', triedMs: 99_900, askedMs: 5000 },
      { kind: 'retry', waitMs: 5675 },
    ],
    ['gives up on a bad row at once', { ...failed, class: 'row-fatal' }, { kind: 'fail' }],
    ['stops the run', { ...failed, class: 'run-fatal', askedMs: 1000 }, { kind: 'stop' }],
  ] as const)('%s', (_title, attempt, verdict) => {
    expect(decideRetry(attempt, limits, () => 0.5)).toEqual(verdict)
  })

  it('pitfall: never comes back earlier than the server asked, and never waits longer than allowed plus its jitter', () => {
    const unit = double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const classes = constantFrom('refused', 'ambiguous', 'never-sent')
    assert(
      property(
        classes,
        integer({ min: 1, max: 2000 }),
        option(double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
        unit,
        (kind, failures, askedMs, jitter) => {
          const verdict = decideRetry({ ...failed, class: kind, failures, askedMs }, limits, () => jitter)
          if (verdict.kind !== 'retry') return
          expect(verdict.waitMs).toBeGreaterThanOrEqual(askedMs ?? 0)
          expect(verdict.waitMs).toBeLessThanOrEqual(limits.maxWaitMs + 5000)
        },
      ),
    )
  })
})

describe('waits', () => {
  it.each([
    [1, 500],
    [2, 1000],
    [8, 60_000],
    [5000, 60_000],
  ])('after %i failures it backs off up to %i ms', (failures, most) => {
    expect(backoffMs(failures, () => 0)).toBe(0)
    expect(backoffMs(failures, () => 1)).toBe(most)
  })

  it('adds no more than five seconds to a long wait', () => {
    expect(serverWaitMs(3_600_000, () => 1)).toBe(3_605_000)
  })
})
