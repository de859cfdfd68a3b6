import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { namesOf, pricesAt, toRateCard } from '../../src/pricing/package-prices.js'

const tiered = (base: number, price: number, start = 271_999) => ({ base, tiers: [{ start, price }] })

const none = { cachedInput: undefined, cacheWrite: undefined, audioInput: undefined, audioOutput: undefined }

describe('toRateCard', () => {
  it('turns USD a million tokens into femtodollars a token, exactly', () => {
    const prices = { input_mtok: 0.15, output_mtok: 0.6, cache_read_mtok: 0.003625, cache_write_mtok: 3.125 }
    expect(toRateCard(prices)).toEqual({
      ...none,
      input: 150_000_000n,
      output: 600_000_000n,
      cachedInput: 3_625_000n,
      cacheWrite: 3_125_000_000n,
      longContext: undefined,
    })
  })

  it('reads a price that prints with an exponent', () => {
    expect(toRateCard({ input_mtok: 1e-7, output_mtok: 2.5e-8 })).toMatchObject({ input: 100n, output: 25n })
  })

  it('lets the other rates hold from the token after the start of a tier', () => {
    const card = toRateCard({ input_mtok: tiered(4, 8), output_mtok: tiered(20, 30), cache_read_mtok: 0.4 })
    expect(card).toMatchObject({ input: 4_000_000_000n, output: 20_000_000_000n })
    expect(card?.longContext).toEqual({
      fromPromptTokens: 272_000,
      rates: { ...none, input: 8_000_000_000n, output: 30_000_000_000n, cachedInput: 400_000_000n },
    })
  })

  it.each<[string, ModelPrice]>([
    ['no price for output', { input_mtok: 0.02 }],
    ['no price for input', { output_mtok: 0.02 }],
    ['no price by the token', { audio_hours: 0.27 }],
    ['a price finer than money holds', { input_mtok: 1e-10, output_mtok: 1 }],
    ['a finer price for a part', { input_mtok: 1, output_mtok: 1, cache_read_mtok: 0.123456789012 }],
    ['a price below zero', { input_mtok: -1, output_mtok: 1 }],
    ['tiers that begin at several places', { input_mtok: tiered(4, 8), output_mtok: tiered(20, 30, 128_000) }],
  ])('knows no rates from %s', (_title, prices) => {
    expect(toRateCard(prices)).toBeUndefined()
  })
})

const model = (prices: ModelInfo['prices']): ModelInfo => ({ id: 'm', match: { equals: 'm' }, prices })
const since = (start_date: string) => ({ type: 'start_date', start_date }) as const
const old = { input_mtok: 3 }
const recent = { input_mtok: 2 }

describe('pricesAt', () => {
  it.each([
    ['one price at any time', model(old), '1999-01-01', old],
    [
      'the first step before the second begins',
      model([{ prices: old }, { constraint: since('2026-08-21'), prices: recent }]),
      '2026-08-20T23:59:59.999Z',
      old,
    ],
    [
      'the second step from its first moment',
      model([{ prices: old }, { constraint: since('2026-08-21'), prices: recent }]),
      '2026-08-21T00:00:00Z',
      recent,
    ],
    [
      'nothing before the only step begins',
      model([{ constraint: since('2026-08-21'), prices: recent }]),
      '2026-08-20',
      undefined,
    ],
    [
      'nothing where the price changes by the hour',
      model([
        { prices: old },
        { constraint: { type: 'time_of_date', start_time: '00:30:00Z', end_time: '16:30:00Z' }, prices: recent },
      ]),
      '2026-08-21',
      undefined,
    ],
  ])('gives %s', (_title, info, at, prices) => {
    expect(pricesAt(info, new Date(at))).toBe(prices)
  })
})

describe('namesOf', () => {
  it.each<[string, ModelInfo['match'], string[]]>([
    ['its name alone where the rest is a pattern', { starts_with: 'm-' }, ['m']],
    ['a name given in full', { equals: 'm-1' }, ['m', 'm-1']],
    ['each name of several', { or: [{ equals: 'm-1' }, { regex: '^m-\\d' }, { equals: 'm-2' }] }, ['m', 'm-1', 'm-2']],
  ])('gives %s', (_title, match, names) => {
    expect(namesOf({ id: 'm', match, prices: old })).toEqual(names)
  })
})
