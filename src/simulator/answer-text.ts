import { createPicker, type Random } from './random.js'
import { chinese, dullWords, english, type Vocabulary } from './vocabulary.js'
import { type CountText, splitPieces } from './word-counter.js'

/** How much of a prompt is looked at for words. */
const readChars = 2000
const mostWords = 24
/** Below so many tokens left, only a brief sentence fits. */
const briefTokens = 10

/** What an answer to a prompt can be made of. */
export interface AnswerWords {
  readonly vocabulary: Vocabulary
  readonly words: readonly [string, ...string[]]
}

/** Of so few words no readable text can be made: the vocabulary's own join them. */
const fewWords = 4

const toList = (found: readonly string[], vocabulary: Vocabulary): AnswerWords['words'] => {
  const telling = [...new Set(found)].slice(0, mostWords)
  const [first, ...rest] = telling.length < fewWords ? [...telling, ...vocabulary.words] : telling
  return first === undefined ? vocabulary.words : [first, ...rest]
}

/** Two to four Chinese characters, or a run of other letters. */
const anyWord = /\p{Script=Han}{2,4}|\p{L}{4,20}/gu

/** The telling words of a prompt, and the language to answer in: Chinese when the prompt is more Chinese than not. */
export const findWords = (prompt: string): AnswerWords => {
  const found = prompt.slice(0, readChars).match(anyWord) ?? []
  const han = found.filter(word => /^\p{Script=Han}/u.test(word))
  if (han.length * 2 > found.length) return { vocabulary: chinese, words: toList(han, chinese) }
  const telling = found.filter(word => !dullWords.has(word.toLowerCase()))
  return { vocabulary: english, words: toList(telling, english) }
}

export interface WrittenAnswer {
  readonly text: string
  readonly tokens: number
}

/** Readable sentences of about so many tokens: whole ones, as near to the length as they come. */
export const writeAnswer = (
  { vocabulary, words }: AnswerWords,
  tokens: number,
  { random, countText }: { readonly random: Random; readonly countText: CountText },
): WrittenAnswer => {
  const { between, end } = vocabulary
  const nextLong = createPicker(random, vocabulary.sentences)
  const nextBrief = createPicker(random, vocabulary.brief)
  const nextWord = createPicker(random, words)
  const endTokens = countText(end)
  let text = ''
  let left = tokens - endTokens
  do {
    const pattern = left < briefTokens ? nextBrief() : nextLong()
    const sentence = (text === '' ? '' : between) + pattern.replaceAll('_', nextWord)
    const size = countText(sentence)
    if (text !== '' && size > 2 * left) break
    text += sentence
    left -= size
  } while (left > 0)
  return { text: text + end, tokens: tokens - left }
}

/** The beginning of an answer, no longer than so many tokens. */
export const cutAnswer = (text: string, tokens: number, countText: CountText): string => {
  let kept = ''
  let left = tokens
  for (const piece of splitPieces(text)) {
    left -= countText(piece)
    if (left < 0) break
    kept += piece
  }
  return kept
}
