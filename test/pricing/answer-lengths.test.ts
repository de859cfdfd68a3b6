import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAnswerLengths } from '../../src/pricing/answer-lengths.js'

const gather = (values: readonly number[]) => {
  const lengths = createAnswerLengths()
  for (const value of values) lengths.add(value)
  return lengths
}

describe('createAnswerLengths', () => {
  it.each([
    [0.1, 1],
    [0.5, 5],
    [0.9, 9],
    [1, 10],
  ])('puts %d of ten answers at or below %d', (share, tokens) => {
    expect(gather([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).quantile(share)).toBe(tokens)
  })

  it('is zero without answers', () => {
    const { count, mean, deviation } = gather([])
    expect({ count, mean, deviation, median: gather([]).quantile(0.5) }).toEqual({
      count: 0,
      mean: 0,
      deviation: 0,
      median: 0,
    })
  })

  it('gives back what it was given, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200)), values => {
        expect([...gather(values).values()]).toEqual(values.toSorted((a, b) => a - b))
      }),
    )
  })

  it.each([
    [3, (1 + 2 + 3 + 3) / 4],
    [4, 3.5 - 0.75],
    [100, (1 + 2 + 4 + 7) / 4],
    [Number.POSITIVE_INFINITY, 3.5],
  ])('has the mean of answers cut at %d', (longest, mean) => {
    expect(gather([1, 2, 4, 7]).meanUpTo(longest)).toBe(mean)
  })

  it('has the sample deviation', () => {
    expect(gather([2, 4, 4, 4, 5, 5, 7, 9]).mean).toBe(5)
    expect(gather([2, 4, 4, 4, 5, 5, 7, 9]).deviation).toBeCloseTo(Math.sqrt(32 / 7), 12)
  })
})
