import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/core/model.js'
import { parseUsd } from '../../src/core/money.js'
import { createPricer } from '../../src/pricing/cost.js'
import { loadPriceBook, withPriceFile } from '../../src/pricing/price-book.js'
import { parsePriceFile } from '../../src/pricing/price-file.js'

const book = await loadPriceBook()
const at = new Date('2026-11-24')

const usageOf = (changes: Partial<Usage>): Usage => ({
  promptTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  audioPromptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  audioCompletionTokens: 0,
  ...changes,
})

const readBook = (content: unknown) => withPriceFile(book, parsePriceFile(JSON.stringify(content), 'p.json'), 'p.json')

const price = (
  content: unknown,
  usage: Partial<Usage>,
  { model = 'mine', tier }: { model?: string; tier?: string } = {},
) => createPricer(readBook(content), at)(model, usageOf(usage), tier)

const million = 1_000_000

describe('a price file in USD per million tokens', () => {
  it.each<[string, Record<string, unknown>, Partial<Usage>, string | undefined, string]>([
    [
      'prompt and completion',
      { input: 0.5, output: 1.5 },
      { promptTokens: million, completionTokens: million },
      undefined,
      '2',
    ],
    ['decimals in strings', { input: '0.000000001', output: 1 }, { promptTokens: 3 }, undefined, '0.000000000000003'],
    [
      'cached tokens at their own rate',
      { input: 1, cached_input: 0.25, output: 2 },
      { promptTokens: million, cachedTokens: million / 2 },
      undefined,
      '0.625',
    ],
    [
      'cached tokens without a rate as others',
      { input: 1, output: 2 },
      { promptTokens: million, cachedTokens: million / 2 },
      undefined,
      '1',
    ],
    [
      'written tokens',
      { input: 1, cache_write: 1.25, output: 2 },
      { promptTokens: million, cacheWriteTokens: million },
      undefined,
      '1.25',
    ],
    [
      'sound',
      { input: 1, audio_input: 40, output: 2 },
      { promptTokens: million, audioPromptTokens: million },
      undefined,
      '40',
    ],
    ['the standard tier by its names', { input: 1, output: 2 }, { promptTokens: million }, 'default', '1'],
    [
      'another tier',
      { input: 1, output: 2, flex: { input: 0.5, output: 1 } },
      { promptTokens: million },
      'flex',
      '0.5',
    ],
    [
      'the fast tier by either name',
      { input: 1, output: 2, priority: { input: 3, output: 4 } },
      { promptTokens: million },
      'fast',
      '3',
    ],
    [
      'long prompts, from the threshold on',
      { input: 1, output: 2, long_context: { from_prompt_tokens: 1000, input: 2, output: 3 } },
      { promptTokens: 1000 },
      undefined,
      '0.002',
    ],
    [
      'shorter prompts below it',
      { input: 1, output: 2, long_context: { from_prompt_tokens: 1000, input: 2, output: 3 } },
      { promptTokens: 999 },
      undefined,
      '0.000999',
    ],
    ['nothing', { input: 0, output: 0 }, { promptTokens: million }, undefined, '0'],
    [
      'what a sum of floats was meant to be',
      { input: 0.1 + 0.2, output: 1 },
      { promptTokens: million },
      undefined,
      '0.3',
    ],
    [
      'the finest decimals of a dear model',
      { input: 123_456.123456789, output: 1 },
      { promptTokens: 1 },
      undefined,
      '0.123456123456789',
    ],
  ])('prices %s', (_title, entry, usage, tier, usd) => {
    expect(price({ mine: entry }, usage, tier === undefined ? {} : { tier })).toBe(parseUsd(usd))
  })

  it('knows no tier that it does not name', () => {
    expect(price({ mine: { input: 1, output: 2 } }, { promptTokens: 1 }, { tier: 'flex' })).toBeUndefined()
  })

  it('goes before the prices that come with the program, and leaves the others', () => {
    const content = { 'gpt-4o-mini': { input: 7, output: 7 } }
    expect(price(content, { promptTokens: million }, { model: 'gpt-4o-mini' })).toBe(parseUsd('7'))
    expect(price(content, { promptTokens: million }, { model: 'gpt-4o-mini-2024-07-18' })).toBe(parseUsd('7'))
    expect(price(content, { promptTokens: million }, { model: 'gpt-4o' })).toBe(parseUsd('2.5'))
    expect(price(content, { promptTokens: million }, { model: 'gpt-4o-mini-high' })).toBeUndefined()
    expect(readBook(content).source).toMatch(/^p\.json over @pydantic\/genai-prices/)
  })

  it('is exact, whatever the rates', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.nat(10 ** 6), (billionths, tokens) => {
        const input = `0.${String(billionths).padStart(9, '0')}`.slice(0, 11)
        const cost = price({ mine: { input, output: 0 } }, { promptTokens: tokens })
        expect(cost).toBe((BigInt(tokens) * (parseUsd(input) ?? 0n)) / 1_000_000n)
      }),
    )
  })
})

describe("a price file in LiteLLM's layout", () => {
  const entry = {
    litellm_provider: 'openai',
    mode: 'chat',
    max_input_tokens: 1_050_000,
    input_cost_per_token: 4e-6,
    input_cost_per_token_above_272k_tokens: 8e-6,
    input_cost_per_token_batches: 2e-6,
    input_cost_per_token_flex: 1e-6,
    input_cost_per_token_above_272k_tokens_flex: 3e-6,
    input_cost_per_token_priority: 9e-6,
    output_cost_per_token: 2e-5,
    output_cost_per_token_above_272k_tokens: 3e-5,
    output_cost_per_token_batches: 1e-5,
    output_cost_per_token_flex: 5e-6,
    output_cost_per_token_flex_above_272k_tokens: 6e-6,
    output_cost_per_token_priority: 4e-5,
    cache_read_input_token_cost: 4e-7,
    cache_creation_input_token_cost: 5e-6,
    supports_vision: true,
  }

  it.each<[string, Partial<Usage>, string | undefined, string | undefined]>([
    ['prompts', { promptTokens: million / 10 }, undefined, '0.4'],
    ['completions', { completionTokens: million }, undefined, '20'],
    ['cached tokens', { promptTokens: 100_000, cachedTokens: 100_000 }, undefined, '0.04'],
    ['written tokens', { promptTokens: 100_000, cacheWriteTokens: 100_000 }, undefined, '0.5'],
    ['prompts of 272,000 tokens', { promptTokens: 272_000 }, undefined, '1.088'],
    ['prompts above that', { promptTokens: 272_001 }, undefined, '2.176008'],
    ['completions to them', { promptTokens: 300_000, completionTokens: 100_000 }, undefined, '5.4'],
    ['the batch tier', { promptTokens: 100_000, completionTokens: 100_000 }, 'batch', '1.2'],
    ['the flex tier', { promptTokens: 100_000 }, 'flex', '0.1'],
    ['long prompts in it', { promptTokens: 300_000, completionTokens: 100_000 }, 'flex', '1.5'],
    ['the priority tier', { promptTokens: 100_000 }, 'priority', '0.9'],
    ['long prompts where they are not sold', { promptTokens: 300_000 }, 'priority', undefined],
  ])('prices %s', (_title, usage, tier, usd) => {
    const cost = price(
      { sample_spec: { input_cost_per_token: 'text' }, mine: entry },
      usage,
      tier === undefined ? {} : { tier },
    )
    expect(cost).toBe(usd === undefined ? undefined : parseUsd(usd))
  })

  it.each([
    ['with an exponent', 1.5e-7, '0.15'],
    ['with the noise of a sum', 1e-7 + 2e-7, '0.3'],
    ['with the noise of a division', 0.07 / million, '0.07'],
    ['with the noise of a product', 3 * 1.1e-7, '0.33'],
  ])('reads a rate %s as the decimal that it was meant to be', (_title, rate, usd) => {
    const entryOf = { input_cost_per_token: rate, output_cost_per_token: 1 }
    expect(price({ mine: entryOf }, { promptTokens: million })).toBe(parseUsd(usd))
  })

  it.each(['chat', 'completion', 'responses', undefined])('takes a model of the mode %s', mode => {
    expect(price({ mine: { ...entry, mode } }, { promptTokens: 10 })).toBe(parseUsd('0.00004'))
  })

  it.each(['embedding', 'image_generation', 'audio_transcription', 'rerank'])(
    'leaves out a model of the mode %s, whatever its rates',
    mode => {
      expect(price({ mine: { ...entry, mode } }, { promptTokens: 10 })).toBeUndefined()
      expect(price({ mine: { ...entry, mode, input_cost_per_token: 'text' } }, { promptTokens: 10 })).toBeUndefined()
    },
  )

  it('leaves out what is not sold by tokens of text', () => {
    const content = { 'dall-e-3': { litellm_provider: 'openai', mode: 'image_generation', input_cost_per_pixel: 1e-8 } }
    expect(price(content, { promptTokens: 1 }, { model: 'dall-e-3' })).toBeUndefined()
  })
})

describe('a price file that is wrong', () => {
  it.each([
    ['is no JSON', '{"a": {"input": 1,\n}', /^p\.json is not valid JSON \(line 2\)/],
    ['holds a word that is none', '{"a":\n\n  {"input": cheap}}', /^p\.json is not valid JSON \(line 3\)/],
    ['holds no number', '{"a":\n  {"input": NaN, "output": 1}}', /^p\.json is not valid JSON \(line 2\)/],
    [
      'holds no end of a number',
      '{"a":\n  {"input": 1,\n"output": -Infinity}}',
      /^p\.json is not valid JSON \(line 3\)/,
    ],
    [
      'names a model twice',
      '{"a": {"input": 1, "output": 1},\n"b": {"input": 1, "output": 1},\n"\\u0061": {"input": 2, "output": 1}}',
      /^p\.json \(line 3\): the key "a" stands there twice/,
    ],
    [
      'names a rate twice',
      '{"a": {\r\n"input": 1,\r\n"output": 1,\r\n"input": 2}}',
      /^p\.json \(line 4\): the key "input" stands there twice/,
    ],
    ['was cut', '{"a": ', /^p\.json is not valid JSON: it ends too early/],
    ['holds no object', '[]', /^p\.json holds no object/],
    ['has an entry that is none', '{"a": 1}', /^p\.json: "a" is not an object of rates/],
    ['has a rate that is no number', '{"a": {"input": "much", "output": 1}}', /^p\.json: "a"\.input is not a number/],
    ['has a rate that is empty', '{"a": {"input": "", "output": 1}}', /^p\.json: "a"\.input is not a number/],
    ['has a rate that is infinite', '{"a": {"input": 1e999, "output": 1}}', /^p\.json: "a"\.input is not a number/],
    ['has a negative rate', '{"a": {"input": 1, "output": -0.5}}', /^p\.json: "a"\.output is negative/],
    [
      'has a rate too fine',
      '{"a": {"input": 0.0000000001, "output": 1}}',
      /^p\.json: "a"\.input has more than 9 decimals/,
    ],
    ['lacks a rate', '{"a": {"input": 1}}', /^p\.json: "a"\.output is missing/],
    ['has a key misspelt', '{"a": {"input": 1, "output": 1, "cached": 1}}', /^p\.json: "a"\.cached is not known/],
    [
      'is wrong in a tier',
      '{"a": {"input": 1, "output": 1, "flex": {"input": 1}}}',
      /^p\.json: "a"\.flex\.output is missing/,
    ],
    [
      'is wrong in its threshold',
      '{"a": {"input": 1, "output": 1, "long_context": {"input": 1, "output": 1}}}',
      /^p\.json: "a"\.long_context\.from_prompt_tokens is not a whole number/,
    ],
    [
      'has a negative rate in the well-known layout',
      '{"a": {"input_cost_per_token": -1, "output_cost_per_token": 1}}',
      /^p\.json: "a"\.input_cost_per_token is negative/,
    ],
    [
      'has a text for a rate in it',
      '{"a": {"input_cost_per_token": "1e-6", "output_cost_per_token": 1}}',
      /^p\.json: "a"\.input_cost_per_token is not a number/,
    ],
  ])('and %s says where', (_title, text, message) => {
    expect(() => parsePriceFile(text, 'p.json')).toThrow(message)
  })
})
