import { describe, expect, it } from 'vitest'
import { loadModelLimits } from '../../src/pricing/model-limits.js'

const limitsOf = await loadModelLimits()

describe('the limits of a model', () => {
  it.each([
    ['gpt-4o-mini', 128_000, 16_384],
    ['openai/gpt-4o-mini', 128_000, 16_384],
    ['gpt-4.1', 1_047_576, 32_768],
    ['gpt-5-mini-2025-08-07', 400_000, 128_000],
    ['gpt-5-mini-2031-01-01', 400_000, 128_000],
    ['gpt-6-sol', 1_050_000, undefined],
    ['my-own-model', undefined, undefined],
    ['gpt-4o-minimal', undefined, undefined],
  ])('of %s are %d tokens of context and %d of answer', (model, contextTokens, outputTokens) => {
    expect(limitsOf(model)).toMatchObject({ contextTokens, outputTokens })
  })

  it.each([
    ['gpt-4o-mini', true],
    ['openai/gpt-5-mini-2031-01-01', true],
    ['gpt-3.5-turbo', false],
    ['o3-mini-2025-01-31', false],
    ['gpt-6-sol', undefined],
    ['my-own-model', undefined],
  ])('say of %s whether it takes images: %s', (model, takesImages) => {
    expect(limitsOf(model).takesImages).toBe(takesImages)
  })
})
