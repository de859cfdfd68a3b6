/** Counts the tokens of a text. */
export type CountText = (text: string) => number

/**
 * Runs of letters with the one sign before them, and single signs. OpenAI's encodings never join tokens across these
 * borders, so the tokens of the parts add up to those of the whole, for text without digits, line breaks, apostrophes
 * or signs in a row.
 */
const pieces = /[^\p{L}]?\p{L}+|[^\p{L}]/gu

export const splitPieces = (text: string): readonly string[] => text.match(pieces) ?? []

const mostPieces = 20_000

/** Counts like the given counter, but each piece of text only once: answers are made of few words. */
export const createWordCounter = (countText: CountText): CountText => {
  const known = new Map<string, number>()
  return text => {
    let total = 0
    for (const piece of splitPieces(text)) {
      let count = known.get(piece)
      if (count === undefined) {
        count = countText(piece)
        if (known.size >= mostPieces) known.clear()
        known.set(piece, count)
      }
      total += count
    }
    return total
  }
}
