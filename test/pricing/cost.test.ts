import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/core/model.js'
import { formatUsd, type Usd } from '../../src/core/money.js'
import { createPricer, createRateFinder, priceUsage } from '../../src/pricing/cost.js'
import { loadPriceBook, type PriceBook } from '../../src/pricing/price-book.js'

const today = new Date('2026-11-24T12:00:00Z')

const usage = (promptTokens: number, completionTokens: number, parts: Partial<Usage> = {}): Usage => ({
  promptTokens,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  audioPromptTokens: 0,
  completionTokens,
  reasoningTokens: 0,
  audioCompletionTokens: 0,
  ...parts,
})

const show = (cost: Usd | undefined): string | undefined => (cost === undefined ? undefined : formatUsd(cost))

/** Worked out by hand from the vendor's pages; the comments give USD per million: input / cached / output. */
describe('the cost of a request', async () => {
  const price = createPricer(await loadPriceBook(), today)

  it.each<[string, string, Usage, string]>([
    // 0.15 / 0.075 / 0.60
    ['plain tokens', 'gpt-4o-mini', usage(1000, 500), '0.00045'],
    ['no tokens', 'gpt-4o-mini', usage(0, 0), '0'],
    ['a single token', 'gpt-4o-mini', usage(1, 0), '0.00000015'],
    // 2 / 0.50 / 8
    ['cached tokens at their own rate', 'gpt-4.1', usage(2000, 100, { cachedTokens: 1500 }), '0.00255'],
    // 1.25 / 0.125 / 10
    ['reasoning as a part of the completion', 'gpt-5', usage(100, 1000, { reasoningTokens: 900 }), '0.010125'],
    // 15 / none / 120
    [
      'cached tokens as input where there is no discount',
      'gpt-5-pro',
      usage(1000, 10, { cachedTokens: 400 }),
      '0.0162',
    ],
    // 4 / 0.40 / 20, cache write 5
    ['cache writes', 'gpt-5.6-sol', usage(10_000, 500, { cachedTokens: 2000, cacheWriteTokens: 3000 }), '0.0458'],
    // 2.50 / 1.25 / 10
    [
      'cache writes as input where they cost nothing extra',
      'gpt-4o',
      usage(100, 0, { cacheWriteTokens: 50 }),
      '0.00025',
    ],
    // from 272 k on 8 / 0.80 / 30, cache write 10
    ['a prompt just short of the long context', 'gpt-5.6-sol', usage(271_999, 1000), '1.107996'],
    ['all of a request in the long context', 'gpt-5.6-sol', usage(272_000, 1000), '2.206'],
    [
      'every kind of token in the long context',
      'gpt-5.6-sol',
      usage(300_000, 1000, { cachedTokens: 100_000, cacheWriteTokens: 50_000 }),
      '1.81',
    ],
    // 2 / 0.20 / 10, above 272 k 4 / 0.40 / 15
    ['a prompt of 272 k where only more is long', 'gpt-6-sol', usage(272_000, 1000), '0.554'],
    ['a prompt of more than 272 k', 'gpt-6-sol', usage(272_001, 1000), '1.103004'],
    // 2.50 / none / 10, audio 32 / 64
    [
      'sound at its own rates',
      'gpt-audio',
      usage(1000, 300, { audioPromptTokens: 800, audioCompletionTokens: 250 }),
      '0.0426',
    ],
    ['text to a model of sound', 'gpt-audio', usage(1000, 300), '0.0055'],
    [
      'cached tokens before those of sound',
      'gpt-audio',
      usage(100, 0, { cachedTokens: 60, audioPromptTokens: 60 }),
      '0.00143',
    ],
  ])('is that of %s', (_title, model, tokens, cost) => {
    expect(show(price(model, tokens))).toBe(cost)
  })

  const mixed = usage(1000, 100, { cachedTokens: 400 })

  it.each<[string, string, string, Usage, string]>([
    ['default', 'the standard rates', 'gpt-4o-mini', usage(1000, 500), '0.00045'],
    ['auto', 'the standard rates', 'gpt-4o-mini', usage(1000, 500), '0.00045'],
    ['standard', 'the standard rates', 'gpt-4o-mini', usage(1000, 500), '0.00045'],
    ['scale', 'the standard rates', 'gpt-4o-mini', usage(1000, 500), '0.00045'],
    ['batch', 'half', 'gpt-4o-mini', usage(1000, 500), '0.000225'],
    ['flex', 'half', 'gpt-5-mini', mixed, '0.00018'],
    [
      'flex',
      'half, cached and written',
      'gpt-5.6-sol',
      usage(10_000, 500, { cachedTokens: 2000, cacheWriteTokens: 3000 }),
      '0.0229',
    ],
    ['batch', 'half in the long context', 'gpt-5.6-sol', usage(272_000, 1000), '1.103'],
    ['fast', '12.50 / 1.25 / 75', 'gpt-5.5', mixed, '0.0155'],
    ['priority', '12.50 / 1.25 / 75', 'gpt-5.5-2026-04-23', mixed, '0.0155'],
    ['priority', '4.25 / 2.125 / 17', 'gpt-4o', mixed, '0.0051'],
    ['priority', '8.75 / none / 26.25', 'gpt-4o-2024-05-13', mixed, '0.011375'],
    ['priority', '0.25 / 0.125 / 1', 'gpt-4o-mini', mixed, '0.0003'],
    ['priority', '2 / 0.50 / 8', 'o4-mini', mixed, '0.0022'],
    ['priority', '0.45 / 0.045 / 3.60', 'gpt-5-mini', mixed, '0.000648'],
    ['fast', '4 / 0.40 / 24', 'gpt-5.6-terra', mixed, '0.00496'],
  ])('on the tier "%s" is at %s for %s', (tier, _rates, model, tokens, cost) => {
    expect(show(price(model, tokens, tier))).toBe(cost)
  })

  it.each<[string, string | undefined, Usage | undefined, string | undefined]>([
    ['the model', 'acme-large', usage(1000, 500), undefined],
    ['what answered', undefined, usage(1000, 500), undefined],
    ['the usage', 'gpt-4o-mini', undefined, undefined],
    ['the service tier', 'gpt-4o-mini', usage(1000, 500), 'ultrafast'],
    ['a tier named like a property', 'gpt-4o-mini', usage(1000, 500), 'constructor'],
    ['the fast price of the model', 'gpt-5-nano', usage(1000, 500), 'fast'],
    ['the fast price of a long context', 'gpt-5.5', usage(272_000, 500), 'priority'],
    ['the price of sound heard', 'gpt-4o-audio-preview', usage(1000, 500, { audioPromptTokens: 1 }), undefined],
    ['the price of sound spoken', 'gpt-4o-audio-preview', usage(1000, 500, { audioCompletionTokens: 1 }), undefined],
  ])('is unknown, never 0, where %s is unknown', (_title, model, tokens, tier) => {
    expect(price(model, tokens, tier)).toBeUndefined()
  })

  it('is that of the day', async () => {
    const book = await loadPriceBook()
    const tokens = usage(10_000, 500, { cachedTokens: 2000, cacheWriteTokens: 3000 })
    const at = (day: string): string | undefined => show(createPricer(book, new Date(day))('gpt-5.6-sol', tokens))
    expect(at('2026-08-20T23:59:59Z')).toBe('0.05975')
    expect(at('2026-08-21T00:00:00Z')).toBe('0.0458')
  })

  it('is never less than nothing where cached tokens exceed the prompt', () => {
    expect(show(price('gpt-4o-mini', usage(10, 0, { cachedTokens: 10, cacheWriteTokens: 5 })))).toBe('0.0000015')
  })
})

describe('createRateFinder', () => {
  // Where an estimate changes its rates, for the models whose pages say "from 272 k on" and "more than 272 k".
  it.each([
    ['gpt-5.6-sol', 271_999, '0.000004'],
    ['gpt-5.6-sol', 272_000, '0.000008'],
    ['gpt-6-sol', 272_000, '0.000002'],
    ['gpt-6-sol', 272_001, '0.000004'],
  ])('has for a prompt to %s of %d tokens the rate that it is billed at', async (model, promptTokens, rate) => {
    const book = await loadPriceBook()
    const rates = createRateFinder(book, today)(model, undefined, promptTokens)
    expect(show(rates?.input)).toBe(rate)
    expect(createPricer(book, today)(model, usage(promptTokens, 0))).toBe((rates?.input ?? 0n) * BigInt(promptTokens))
  })
})

describe('createPricer', () => {
  it('looks each model up once, known or not', async () => {
    const asked: string[] = []
    const real = await loadPriceBook()
    const book: PriceBook = {
      source: real.source,
      models: real.models,
      rates(model, at) {
        asked.push(model)
        return real.rates(model, at)
      },
    }
    const price = createPricer(book, today)
    for (let row = 0; row < 3; row++) for (const model of ['gpt-4o', 'acme-large']) price(model, usage(1, 1))
    expect(asked).toEqual(['gpt-4o', 'acme-large'])
  })

  it('gives the sum of the rows exactly', async () => {
    const price = createPricer(await loadPriceBook(), today)
    let total = 0n
    for (let row = 0; row < 1000; row++) total += price('gpt-5-nano', usage(1, 1)) ?? 0n
    expect(formatUsd(total)).toBe('0.00045')
  })
})

describe('priceUsage', () => {
  it('prices without a tier as on the default tier', async () => {
    const rates = (await loadPriceBook()).rates('gpt-4.1', today)
    const tokens = usage(12, 34, { cachedTokens: 5 })
    expect(rates && priceUsage(rates, tokens)).toBe(rates && priceUsage(rates, tokens, 'default'))
    expect(rates && priceUsage(rates, tokens)).toBeGreaterThan(0n)
  })
})
