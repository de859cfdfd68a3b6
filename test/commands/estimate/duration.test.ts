import { describe, expect, it } from 'vitest'
import { assumeLatency, type DurationFacts, predictDuration } from '../../../src/commands/estimate/duration.js'

const facts: DurationFacts = {
  rows: 1000,
  latencyMs: 2000,
  concurrency: 50,
  tokens: 300_000,
  rpm: undefined,
  tpm: undefined,
}

describe('predictDuration', () => {
  it.each<[string, Partial<DurationFacts>, number, string]>([
    ['by rounds of what may be in flight', {}, 40_000, 'concurrency'],
    ['by one answer, when all are in flight at once', { rows: 10 }, 2000, 'latency'],
    ['by requests a minute', { rpm: 500 }, 120_000, 'rpm'],
    ['by tokens a minute', { tpm: 100_000 }, 180_000, 'tpm'],
    ['by the slower of two limits', { rpm: 500, tpm: 100_000 }, 180_000, 'tpm'],
    ['not by limits that are wide enough', { rpm: 1e6, tpm: 1e9 }, 40_000, 'concurrency'],
    ['not at all without rows', { rows: 0 }, 0, 'latency'],
  ])('goes %s', (_title, changes, ms, boundBy) => {
    expect(predictDuration({ ...facts, ...changes })).toEqual({ ms, boundBy })
  })
})

describe('assumeLatency', () => {
  it('grows with the answer', () => {
    expect(assumeLatency(200)).toBe(3500)
  })
})
