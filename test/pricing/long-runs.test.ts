import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLongRuns } from '../../src/pricing/long-runs.js'

const longest = 2000

/** Whether the text parts a surrogate pair at its beginning. */
const beginsInPair = (text: string): boolean => /^[\udc00-\udfff]/.test(text)

describe('splitLongRuns', () => {
  it.each([
    ['an empty text', ''],
    ['a short text', 'hello'],
    ['English prose', 'The quick brown fox jumps over the lazy dog. '.repeat(500)],
    ['punctuated Chinese', '今天的天气很好，我们去公园散步。'.repeat(500)],
    ['code', 'const total = items.reduce((sum, item) => sum + item.price, 0)\n'.repeat(200)],
    ['digits, which a tokenizer takes by three', '0123456789'.repeat(1000)],
    ['a run just short of a block', `start ${'a'.repeat(999)} end`.repeat(20)],
  ])('leaves %s whole', (_title, text) => {
    expect(splitLongRuns(text)).toEqual([text])
  })

  it.each([
    ['letters', 'a'],
    ['Chinese letters', '语'],
    ['letters outside the basic plane', '𠀀'],
    ['blanks', ' '],
    ['line ends', '\n'],
    ['signs', '='],
    ['emoji', '🎉'],
    ['letters with marks', 'e\u0301'],
  ])('cuts a run of 200,000 %s into pieces of bounded length', (_title, letter) => {
    const text = letter.repeat(200_000 / letter.length)
    const pieces = splitLongRuns(text)
    expect(pieces.join('')).toBe(text)
    expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThanOrEqual(longest)
    expect(pieces.length).toBeLessThanOrEqual(200)
    expect(pieces.some(beginsInPair)).toBe(false)
  })

  it('cuts a long run in the midst of ordinary text, wherever it begins', () => {
    for (const lead of [1, 400, 999, 1000, 1001, 1777]) {
      const text = `${'ab '.repeat(lead)}${'𠀀'.repeat(5000)}. The end.`
      const pieces = splitLongRuns(text)
      const runs = pieces.map(piece => /[^ -~]+/.exec(piece)?.[0].length ?? 0)
      expect(pieces.join('')).toBe(text)
      expect(Math.max(...runs)).toBeLessThanOrEqual(longest)
      expect(pieces.some(beginsInPair)).toBe(false)
    }
  })

  it('loses and changes nothing, whatever the text', () => {
    const run = fc.tuple(fc.constantFrom('a', ' ', '𠀀', '🎉', '-', '7', '\ud800'), fc.nat(4000))
    const texts = fc.array(run, { maxLength: 6 }).map(runs => runs.map(([unit, times]) => unit.repeat(times)).join(''))
    fc.assert(
      fc.property(texts, text => {
        const pieces = splitLongRuns(text)
        expect(pieces.join('')).toBe(text)
        expect(pieces.slice(1).some(beginsInPair)).toBe(false)
      }),
    )
  })
})
