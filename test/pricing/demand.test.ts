import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUsd } from '../../src/core/money.js'
import { createRateFinder } from '../../src/pricing/cost.js'
import { createDemand, type DemandGroup, priceGroup } from '../../src/pricing/demand.js'
import { loadPriceBook } from '../../src/pricing/price-book.js'
import type { RequestSize } from '../../src/pricing/request-size.js'

const at = new Date('2026-11-24')
const findRates = createRateFinder(await loadPriceBook(), at)

const sizeOf = (size: Partial<RequestSize>): RequestSize => ({
  model: 'gpt-4o-mini',
  serviceTier: undefined,
  promptTokens: 100,
  choices: 1,
  maxTokens: undefined,
  reasons: false,
  images: 0,
  assumedImages: 0,
  brokenImages: 0,
  uncounted: false,
  ...size,
})

const groupsOf = (...sizes: readonly Partial<RequestSize>[]): readonly DemandGroup[] => {
  const demand = createDemand(size => findRates(size.model, size.serviceTier, size.promptTokens))
  for (const size of sizes) demand.add(sizeOf(size))
  return demand.groups()
}

describe('createDemand', () => {
  it('sums up what is billed alike', () => {
    expect(groupsOf({}, { promptTokens: 50 })).toMatchObject([{ requests: 2, promptTokens: 150 }])
  })

  it.each<[string, Partial<RequestSize>]>([
    ['models', { model: 'gpt-4o' }],
    ['service tiers', { serviceTier: 'flex' }],
    ['limits', { maxTokens: 10 }],
    ['numbers of answers', { choices: 2 }],
    ['thinking', { reasons: true }],
  ])('keeps %s apart', (_title, size) => {
    expect(groupsOf({}, size)).toHaveLength(2)
  })

  it('keeps long prompts apart, which cost more a token', () => {
    const [short, long] = groupsOf({ model: 'gpt-5.6-sol' }, { model: 'gpt-5.6-sol', promptTokens: 300_000 })
    expect(short && priceGroup(short, 0)).toBe(parseUsd('0.0004'))
    expect(long && priceGroup(long, 0)).toBe(parseUsd('2.4'))
  })

  it('has no price for a model that nobody has one for', () => {
    const [group] = groupsOf({ model: 'no-such-model' })
    expect(group && priceGroup(group, 10)).toBeUndefined()
  })

  it('costs to the last digit what its requests cost one by one', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            model: fc.constantFrom('gpt-4o-mini', 'gpt-5.6-sol', 'gpt-4.1'),
            serviceTier: fc.constantFrom(undefined, 'flex'),
            promptTokens: fc.nat(400_000),
          }),
        ),
        sizes => {
          const sum = sizes.reduce((total, { model, serviceTier, promptTokens }) => {
            const rates = findRates(model, serviceTier, promptTokens)
            return total + BigInt(promptTokens) * (rates?.input ?? 0n)
          }, 0n)
          const groups = groupsOf(...sizes)
          expect(groups.reduce((total, group) => total + (priceGroup(group, 0) ?? 0n), 0n)).toBe(sum)
        },
      ),
    )
  })
})
