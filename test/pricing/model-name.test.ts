import { describe, expect, it } from 'vitest'
import { toBareModel, toUndatedModel } from '../../src/pricing/model-name.js'

describe('toBareModel', () => {
  it.each([
    ['openai/gpt-4o', 'gpt-4o'],
    ['gpt-4o', 'gpt-4o'],
    ['azure/openai/gpt-4o', 'azure/openai/gpt-4o'],
    ['deepseek/deepseek-chat', 'deepseek/deepseek-chat'],
  ])('reads %s as %s', (model, bare) => {
    expect(toBareModel(model)).toBe(bare)
  })
})

describe('toUndatedModel', () => {
  it.each([
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['gpt-5-mini', 'gpt-5-mini'],
    ['gpt-4-0613', 'gpt-4-0613'],
    ['gpt-4o-2024-08-06-ft', 'gpt-4o-2024-08-06-ft'],
    ['ft:gpt-4o-2024-08-06:acme::id', 'ft:gpt-4o-2024-08-06:acme::id'],
  ])('reads %s as %s', (model, undated) => {
    expect(toUndatedModel(model)).toBe(undated)
  })
})
