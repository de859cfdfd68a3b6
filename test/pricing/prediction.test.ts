import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { predictMean } from '../../src/pricing/prediction.js'
import { drawLogNormal } from '../../src/simulator/random.js'

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How many of 1,000 files of log-normal lengths have their true total in the interval of a sample. */
const countHits = (rows: number, sample: number, sigma: number): number => {
  let hits = 0
  for (let seed = 1; seed <= 1000; seed++) {
    const random = createRandom(seed)
    const lengths = Float64Array.from({ length: rows }, () =>
      Math.max(1, Math.round(drawLogNormal(random, 150, sigma))),
    )
    const rest = mean(lengths.subarray(sample))
    const interval = predictMean(lengths.slice(0, sample), rows - sample)
    if (interval !== undefined && interval.low <= rest && rest <= interval.high) hits += 1
  }
  return hits
}

describe('predictMean', () => {
  it.each([
    [3000, 50, 0.8],
    [200, 50, 0.8],
  ])('holds the true total of %d rows after a sample of %d, sigma %d, in 920 of 1,000 files', (rows, sample, sigma) => {
    expect(countHits(rows, sample, sigma)).toBeGreaterThanOrEqual(920)
  })

  it('is the same for the same sample', () => {
    const values = Float64Array.of(10, 20, 40, 300)
    expect(predictMean(values, 100)).toEqual(predictMean(values, 100))
  })

  it('is narrow where answers are equally long', () => {
    expect(predictMean(Float64Array.of(7, 7, 7), 1000)).toEqual({ low: 7, expected: 7, high: 7 })
  })

  it.each([
    ['no answer', Float64Array.of(), 10],
    ['one answer', Float64Array.of(5), 10],
    ['nothing left', Float64Array.of(5, 6), 0],
  ])('says nothing after %s', (_title, values, further) => {
    expect(predictMean(values, further)).toBeUndefined()
  })

  it('narrows as the sample grows', () => {
    const width = (size: number): number => {
      const random = createRandom(3)
      const interval = predictMean(
        Float64Array.from({ length: size }, () => drawLogNormal(random, 100, 0.5)),
        100_000,
      )
      return interval === undefined ? 0 : interval.high - interval.low
    }
    expect(width(400)).toBeLessThan(width(50))
    expect(width(4000)).toBeLessThan(width(400))
  })

  it('holds its own expectation, whatever the lengths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 1, max: 5000 }),
        (values, further) => {
          const interval = predictMean(Float64Array.from(values), further)
          expect(interval).toBeDefined()
          expect(interval?.low).toBeLessThanOrEqual(interval?.expected ?? 0)
          expect(interval?.high).toBeGreaterThanOrEqual(interval?.expected ?? 0)
          expect(interval?.low).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 50 },
    )
  })
})
