import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadTokenCounter } from '../../src/pricing/tokens.js'
import { cutAnswer, findWords, writeAnswer } from '../../src/simulator/answer-text.js'
import { createRandom } from '../../src/simulator/random.js'
import { createWordCounter } from '../../src/simulator/word-counter.js'

const english = 'Translate into French: Where is the public library, and what should I bring?'
const chinese = '请把下面这句话翻译成英文：今天的天气很好，我们去公园散步。'
const prompts = fc.constantFrom(
  english,
  chinese,
  'Привет, как твои дела сегодня?',
  '12 + 30 = ?',
  'OpenAI and iPhone',
  '',
)

const countWords = createWordCounter(text => Math.ceil(text.length / 4))
const write = (prompt: string, tokens: number, seed = 1) =>
  writeAnswer(findWords(prompt), tokens, { random: createRandom(seed), countText: countWords })

describe('findWords', () => {
  it('takes the telling words of a prompt, each once', () => {
    expect(findWords(`${english} ${english}`).words).toEqual(['Translate', 'French', 'public', 'library', 'bring'])
  })

  it('answers in Chinese what is asked in Chinese', () => {
    expect(findWords(chinese).vocabulary.end).toBe('。')
    expect(findWords(`${chinese} Thanks`).vocabulary.end).toBe('。')
    expect(findWords(`${english} 谢谢`).vocabulary.end).toBe('.')
  })

  it('puts words of its own beside very few of a prompt', () => {
    expect(findWords('hello').words).toEqual(expect.arrayContaining(['hello', 'question']))
  })

  it('has words of its own for a prompt without any', () => {
    expect(findWords('12 + 30 = ?').words).toContain('question')
  })
})

describe('writeAnswer', () => {
  it.each(['gpt-4o', 'gpt-4'])('knows its length in the tokens of %s', async model => {
    const { countText } = await loadTokenCounter(model)
    const counted = createWordCounter(countText)
    fc.assert(
      fc.property(prompts, fc.integer(), fc.integer({ min: 1, max: 200 }), (prompt, seed, tokens) => {
        const written = writeAnswer(findWords(prompt), tokens, { random: createRandom(seed), countText: counted })
        expect(written.tokens).toBe(countText(written.text))
      }),
      { numRuns: 300 },
    )
  })

  it('writes whole sentences with words of the prompt', () => {
    const { text } = write(english, 60)
    expect(text).toMatch(/^[A-Z][^.]+(\. [A-Z][^.]+)*\.$/)
    expect(text).toMatch(/Translate|French|public|library|bring/)
    expect(write(chinese, 60).text).toMatch(/^[^.]+。$/)
  })

  it('comes near to the length it is asked for', () => {
    const lengths = Array.from({ length: 200 }, (_, seed) => write(english, 80, seed).tokens)
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
    expect(Math.abs(mean - 80)).toBeLessThan(4)
  })
})

describe('cutAnswer', () => {
  it('keeps a beginning that is no longer than allowed, and as much of it as fits', () => {
    const lengths = fc.integer({ min: -5, max: 100 })
    fc.assert(
      fc.property(prompts, fc.integer(), lengths, (prompt, seed, tokens) => {
        const { text } = write(prompt, 50, seed)
        const cut = cutAnswer(text, tokens, countWords)
        expect(text.startsWith(cut)).toBe(true)
        expect(countWords(cut)).toBeLessThanOrEqual(Math.max(0, tokens))
        if (tokens >= countWords(text)) expect(cut).toBe(text)
      }),
    )
  })
})
