import { calcPrice, findProvider } from '@pydantic/genai-prices'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceUsage } from '../../src/pricing/cost.js'
import { loadPriceBook } from '../../src/pricing/price-book.js'

const today = new Date('2026-11-24T12:00:00Z')

describe('loadPriceBook', async () => {
  const book = await loadPriceBook()
  const find = (model: string, at = today): string | undefined => book.rates(model, at)?.model

  it('names its source with the version', () => {
    expect(book.source).toMatch(/^@pydantic\/genai-prices \d+\.\d+\.\d+$/)
  })

  it.each([
    ['gpt-4o', 'gpt-4o'],
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['gpt-5', 'gpt-5'],
    ['gpt-5-mini', 'gpt-5-mini'],
    ['gpt-5-nano-2025-08-07', 'gpt-5-nano'],
    ['gpt-5.4-mini', 'gpt-5.4-mini'],
    ['gpt-5.6', 'gpt-5.6-sol'],
    ['gpt-5.6-luna-2026-07-09', 'gpt-5.6-luna'],
    ['gpt-6-sol-2026-09-22', 'gpt-6-sol'],
    ['gpt-4.5-preview', 'gpt-4.5-preview'],
    ['openai/gpt-4o-mini', 'gpt-4o-mini'],
    ['openai/gpt-4.1-2025-04-14', 'gpt-4.1'],
  ])('knows %s as %s', (model, name) => {
    expect(find(model)).toBe(name)
  })

  it.each([
    'gpt-5x',
    'gpt-5-nano-tuned',
    'gpt-5-nano-2025-08-07-tuned',
    'gpt-4o-mini-realtime-of-mine',
    'gpt-4.1-micro',
    'my-gpt-4o',
    'gpt-4o-mini-',
    'ft:gpt-4o-2024-08-06:acme::id',
    'gpt-6.1-sol',
    'deepseek-chat',
    'gpt-oss-120b',
    'text-embedding-3-small',
    'omni-moderation-latest',
    'toString',
    '',
  ])('does not take "%s" for a model it knows', model => {
    expect(find(model)).toBeUndefined()
  })

  it.each([
    ['o3', '2025-06-09T23:59:59Z', 10_000_000_000n],
    ['o3', '2025-06-10T00:00:00Z', 2_000_000_000n],
    ['gpt-5.6-luna', '2026-07-29T23:59:59Z', 1_000_000_000n],
    ['gpt-5.6-luna', '2026-07-30T00:00:00Z', 200_000_000n],
  ])('follows the price of %s to %s', (model, at, input) => {
    expect(book.rates(model, new Date(at))?.input).toBe(input)
  })

  it("agrees with the package's own sums for every model and usage, but for their rounding", () => {
    const provider = findProvider({ providerId: 'openai' })
    const models = (provider?.models ?? []).filter(({ id }) => find(id) === id)
    expect(models.length).toBeGreaterThan(50)
    const tokens = fc.tuple(fc.nat(600_000), fc.nat(100_000), fc.nat(100_000), fc.nat(50_000))
    fc.assert(
      fc.property(fc.constantFrom(...models), tokens, ({ id }, [uncached, cached, written, completion]) => {
        const prompt = uncached + cached + written
        const counts = {
          input_tokens: prompt,
          cache_read_tokens: cached,
          cache_write_tokens: written,
          output_tokens: completion,
        }
        const theirs = calcPrice(counts, id, { providerId: 'openai', timestamp: today })
        fc.pre(theirs?.model.id === id)
        const rates = book.rates(id, today)
        const parts = { cachedTokens: cached, cacheWriteTokens: written, audioPromptTokens: 0 }
        const ours =
          rates &&
          priceUsage(rates, {
            promptTokens: prompt,
            completionTokens: completion,
            ...parts,
            reasoningTokens: 0,
            audioCompletionTokens: 0,
          })
        expect(Number(ours) / 1e15).toBeCloseTo(theirs?.total_price ?? Number.NaN, 9)
      }),
      { numRuns: 2000 },
    )
  })
})
