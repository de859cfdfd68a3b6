import * as fc from 'fast-check'
import * as cl100k from 'gpt-tokenizer/encoding/cl100k_base'
import * as o200k from 'gpt-tokenizer/encoding/o200k_base'
import { CL100K_TOKEN_SPLIT_REGEX, O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants'
import { describe, expect, it } from 'vitest'
import { createWordCounts } from '../../src/pricing/word-counts.js'

const asPlainText = { disallowedSpecial: new Set<string>() }

const encodings = [
  ['o200k_base', O200K_TOKEN_SPLIT_REGEX, (text: string) => o200k.countTokens(text, asPlainText)],
  ['cl100k_base', CL100K_TOKEN_SPLIT_REGEX, (text: string) => cl100k.countTokens(text, asPlainText)],
] as const

/** Pieces that words are cut at: blanks, signs, digits, contractions, letters of several scripts, halves of pairs. */
const piece = fc.constantFrom(
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  "'s",
  "'LL",
  '...',
  '//',
  '12',
  '3456',
  'the',
  'The',
  'THE',
  'ß',
  '天气',
  'です',
  '👩‍👩‍👧',
  '\u0301',
  '<|endoftext|>',
  '\ud83d',
  'antidisestablishmentarianism',
  '_',
  '-',
)
const text = fc.oneof(
  fc.array(piece).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary' }),
  fc.lorem(),
)

describe.each(encodings)('createWordCounts for %s', (_name, splitter, countTokens) => {
  const countWords = createWordCounts(splitter, countTokens)

  it('counts what the encoding counts, whatever the text', () => {
    fc.assert(
      fc.property(text, sample => {
        expect(countWords(sample)).toBe(countTokens(sample))
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['nothing', ''],
    ['code', 'export const add = (a: number, b: number) => a + b // 100% sure\n\n\n  return\n'],
    ['more words than it remembers', Array.from({ length: 60_000 }, (_, index) => `w${index.toString(36)}`).join(' ')],
    ['a text too long to be cut into words', 'All work and no play makes Jack a dull boy. '.repeat(25_000)],
  ])('counts %s as it does', (_title, sample) => {
    expect(countWords(sample)).toBe(countTokens(sample))
  })
})
