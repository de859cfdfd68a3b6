import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeenAnswers, type Expectation, expectRowTokens } from '../../../src/commands/estimate/expectation.js'
import { createDemand } from '../../../src/pricing/demand.js'

const groupOf = (choices: number, maxTokens: number | undefined, reasons = false) => {
  const demand = createDemand(() => undefined)
  demand.add({
    model: 'm',
    serviceTier: undefined,
    choices,
    maxTokens,
    reasons,
    promptTokens: 10,
    uncounted: false,
    images: 0,
    assumedImages: 0,
    brokenImages: 0,
  })
  const [group] = demand.groups()
  if (group === undefined) throw new RangeError('no group')
  return group
}

const seenOf = (lengths: readonly number[]): Expectation => {
  const gathered = createSeenAnswers()
  for (const length of lengths) gathered.add(length, 5)
  return { source: 'sample', seen: gathered.seen() }
}

describe('the tokens that are expected of a row', () => {
  it.each([
    ['200 of a model that does not reason', undefined, 1, undefined, false, [50, 200, 800]],
    ['1,000 of one that does', undefined, 1, undefined, true, [250, 1000, 4000]],
    ['what the user expects', 40, 1, undefined, false, [10, 40, 160]],
    ['no more than the limit', undefined, 1, 100, false, [25, 100, 100]],
    ['no more than a limit far below', undefined, 1, 4, false, [1, 4, 4]],
    ['up to a limit far above', 40, 1, 1000, false, [10, 40, 1000]],
    ['every choice', 40, 3, 20, false, [15, 60, 60]],
  ])('are %s', (_title, tokens, choices, maxTokens, reasons, [low, expected, high]) => {
    const expectation: Expectation = { source: 'assumption', tokens }
    expect(expectRowTokens(expectation, 10)(groupOf(choices, maxTokens, reasons))).toEqual({ low, expected, high })
  })

  it('are in order, and within the limit, whatever was seen', () => {
    const lengths = fc.array(fc.nat(3000), { minLength: 2, maxLength: 60 })
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 3 }),
        (seen, limit, choices) => {
          const { low, expected, high } = expectRowTokens(seenOf(seen), 5)(groupOf(choices, limit))
          const cut = seen.map(length => Math.min(length, choices * limit))
          expect(expected).toBeCloseTo(cut.reduce((sum, length) => sum + length, 0) / seen.length, 6)
          expect(low).toBeLessThanOrEqual(expected)
          expect(high).toBeGreaterThanOrEqual(expected)
          expect(high).toBeLessThanOrEqual(choices * limit)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a few answers', () => {
  it.each([
    [[49, 110], { low: 49, expected: 79.5, high: 110 }],
    [[10, 20, 30, 40], { low: 10, expected: 25, high: 40 }],
  ])('are told as they are, %j, without an interval', (lengths, range) => {
    expect(expectRowTokens(seenOf(lengths), 100)(groupOf(1, undefined))).toEqual(range)
  })
})
