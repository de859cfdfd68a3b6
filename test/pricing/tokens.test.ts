import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { splitLongRuns } from '../../src/pricing/long-runs.js'
import { encodingOf, loadTokenCounter } from '../../src/pricing/tokens.js'

const english = 'Natalia sold clips to 48 of her friends in April, and then she sold half as many in May. '
const chinese = '娜塔莉亚在四月份卖给了四十八位朋友，五月份又卖出了一半。她一共卖了多少？'
const japanese = 'ナタリアは4月に48人の友達にクリップを売り、5月にはその半分を売りました。'
const code = 'export const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) // ∑\n'
const emoji = '👩‍👩‍👧‍👦 🎉🎊 🇩🇪 🏳️‍🌈 👍🏽 ok? '

describe('encodingOf', () => {
  it.each([
    ['gpt-4', 'cl100k_base'],
    ['gpt-4-0613', 'cl100k_base'],
    ['gpt-4-turbo-2024-04-09', 'cl100k_base'],
    ['gpt-3.5-turbo', 'cl100k_base'],
    ['gpt-3.5-turbo-0125', 'cl100k_base'],
    ['gpt-35-turbo', 'cl100k_base'],
    ['ft:gpt-4-0613:acme::id', 'cl100k_base'],
    ['ft:gpt-3.5-turbo-0125:acme::id', 'cl100k_base'],
    ['openai/gpt-4-turbo', 'cl100k_base'],
    ['gpt-4o', 'o200k_base'],
    ['gpt-4o-mini', 'o200k_base'],
    ['ft:gpt-4o-2024-08-06:acme::id', 'o200k_base'],
    ['gpt-4.1-nano', 'o200k_base'],
    ['gpt-4.5-preview', 'o200k_base'],
    ['gpt-5.4-mini', 'o200k_base'],
    ['gpt-6-sol', 'o200k_base'],
    ['o3', 'o200k_base'],
    ['deepseek-chat', 'o200k_base'],
  ] as const)('reads %s with %s', (model, encoding) => {
    expect(encodingOf(model)).toBe(encoding)
  })
})

describe('loadTokenCounter', () => {
  it.each([
    ['gpt-4o', false],
    ['gpt-4.1-mini-2025-04-14', false],
    ['gpt-5', false],
    ['gpt-5.6-sol', false],
    ['gpt-3.5-turbo', false],
    ['o4-mini', false],
    ['openai/gpt-4o', false],
    ['ft:gpt-4o-mini-2024-07-18:acme::id', false],
    ['gpt-6-sol', true],
    ['gpt-oss-120b', true],
    ['gpt-55', true],
    ['deepseek-chat', true],
  ])('says whether the count for %s is approximate: %s', async (model, approximate) => {
    expect((await loadTokenCounter(model)).approximate).toBe(approximate)
  })

  it.each([
    ['English', english],
    ['Chinese', chinese],
    ['Japanese', japanese],
    ['code', code],
    ['emoji', emoji],
    ['blank', ' \n\t\r\n  '],
  ])('counts %s text exactly as the bare encodings do', async (_title, sample) => {
    const [latest, older] = [await loadTokenCounter('gpt-4o'), await loadTokenCounter('gpt-4')]
    for (const text of [sample, sample.repeat(60)]) {
      expect(latest.countText(text)).toBe(countO200k(text))
      expect(older.countText(text)).toBe(countCl100k(text))
    }
  })

  it.each([
    ['English', english, 24, 25],
    ['Chinese', chinese, 30, 50],
    ['Japanese', japanese, 29, 38],
    ['code', code, 31, 31],
    ['emoji', emoji, 32, 47],
  ])('counts %s text as tiktoken 1.0.22 did when this was written', async (_title, text, latest, older) => {
    expect((await loadTokenCounter('gpt-4o')).countText(text)).toBe(latest)
    expect((await loadTokenCounter('gpt-4')).countText(text)).toBe(older)
  })

  it('counts what looks like a special token as text', async () => {
    const { countText } = await loadTokenCounter('gpt-4o')
    expect(countText('<|endoftext|>')).toBe(7)
    expect(countText('before <|im_start|> after')).toBeGreaterThan(countText('before after'))
  })

  it('counts a lone surrogate and an empty text without throwing', async () => {
    const { countText } = await loadTokenCounter('gpt-4o')
    expect(countText('\ud800')).toBeGreaterThan(0)
    expect(countText('')).toBe(0)
  })

  it('counts a run of 200,000 letters piece by piece', async () => {
    const { countText } = await loadTokenCounter('gpt-4o')
    const run = 'abcdefghij'.repeat(20_000)
    expect(countText(run)).toBe(splitLongRuns(run).reduce((sum, piece) => sum + countO200k(piece), 0))
  })

  it('is off by a token a cut at most on a run that it cuts', async () => {
    const { countText } = await loadTokenCounter('gpt-4o')
    const run = '没有标点的一段话说得很长'.repeat(300)
    const cuts = splitLongRuns(run).length - 1
    expect(cuts).toBeGreaterThan(0)
    expect(Math.abs(countText(run) - countO200k(run))).toBeLessThanOrEqual(cuts)
  })

  it('counts a prompt as its messages and their overhead', async () => {
    const { countPrompt } = await loadTokenCounter('gpt-4o-mini')
    expect(countPrompt({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] })).toBe(8)
  })
})
