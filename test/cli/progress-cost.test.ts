import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toExpected, toSpent } from '../../src/cli/progress-cost.js'
import { startProgress, toProgress } from './progress-samples.js'

describe('toSpent', () => {
  it.each([
    ['is what was spent', toProgress({ spentUsd: 7n }), 7n],
    ['is zero before the first answer', startProgress, 0n],
    ['is zero for a model that costs nothing', toProgress({ spentUsd: 0n }), 0n],
    ['is unknown when an answer has no price', toProgress({ spentUsd: 7n, unpriced: 1 }), undefined],
  ])('%s', (_title, progress, spent) => {
    expect(toSpent(progress)).toBe(spent)
  })
})

describe('toExpected', () => {
  it.each([
    ['prices the rows left like the settled ones', { spentUsd: 100n, settled: 10, done: 20, rows: 30 }, 200n],
    ['is what was spent once nothing is left', { spentUsd: 100n, settled: 10, done: 30, rows: 30 }, 100n],
    ['is unknown while nothing is settled', { spentUsd: 100n, settled: 0, done: 0, rows: 30 }, undefined],
    ['is unknown when the cost is', { unpriced: 1, settled: 10, done: 20, rows: 30 }, undefined],
  ])('%s', (_title, changes, expected) => {
    expect(toExpected(toProgress(changes))).toBe(expected)
  })

  it('is never less than what was spent, and stays exact for large sums', () => {
    const counts = fc.record({ settled: fc.integer({ min: 1, max: 1e9 }), left: fc.nat(1e9) })
    fc.assert(
      fc.property(counts, fc.bigInt({ min: 1n, max: 10n ** 24n }), ({ settled, left }, spentUsd) => {
        const expected = toExpected(toProgress({ settled, done: settled, rows: settled + left, spentUsd })) ?? -1n
        expect(expected).toBeGreaterThanOrEqual(spentUsd)
        expect(expected * BigInt(settled)).toBeLessThanOrEqual(spentUsd * BigInt(settled + left))
      }),
    )
  })
})
