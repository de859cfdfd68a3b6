import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUsd } from '../../src/core/money.js'
import { createRateFinder } from '../../src/pricing/cost.js'
import { createDemand, type DemandGroup, priceGroup as priceWith } from '../../src/pricing/demand.js'
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

const priceGroup = (group: DemandGroup, completionTokens: number, hits = false): bigint | undefined =>
  group.rates && priceWith(group, completionTokens, { rates: group.rates, hits })

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
    // Written to the cache at 10 USD a million.
    expect(long && priceGroup(long, 0)).toBe(parseUsd('3'))
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
            const written = promptTokens >= 1024 ? rates?.cacheWrite : undefined
            return total + BigInt(promptTokens) * (written ?? rates?.input ?? 0n)
          }, 0n)
          const groups = groupsOf(...sizes)
          expect(groups.reduce((total, group) => total + (priceGroup(group, 0) ?? 0n), 0n)).toBe(sum)
        },
      ),
    )
  })
})

describe('the prompt cache', () => {
  const cached = (model: string, promptTokens: number, sharedTokens: number): DemandGroup => {
    const [group] = groupsOf({ model, promptTokens }, { model, promptTokens }, { model, promptTokens })
    if (group === undefined) throw new Error('no group')
    group.sharedTokens = sharedTokens
    return group
  }

  it('is read by every request but the first', () => {
    const group = cached('gpt-4o-mini', 2000, 1280)
    expect(priceGroup(group, 0)).toBe(parseUsd('0.0009'))
    // 2,560 tokens at 0.075 in place of 0.15 USD a million.
    expect(priceGroup(group, 0, true)).toBe(parseUsd('0.000708'))
  })

  it('is written to by whatever is not read, where writing is charged for', () => {
    const group = cached('gpt-5.6-sol', 2000, 1280)
    expect(priceGroup(group, 0)).toBe(parseUsd('0.03'))
    // 2,560 read at 0.40, 3,440 written at 5 USD a million.
    expect(priceGroup(group, 0, true)).toBe(parseUsd('0.018224'))
  })

  it('takes no part in short prompts', () => {
    const group = cached('gpt-5.6-sol', 1000, 0)
    expect(group.cacheableRequests).toBe(0)
    expect(priceGroup(group, 0)).toBe(parseUsd('0.012'))
  })
})
