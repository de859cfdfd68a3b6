const blockLength = 1000

/** Letters, blanks or signs alone: a tokenizer sees one word in it. Digits never run on, it takes them by three. */
const homogeneous = /^(?:[\p{L}\p{M}]+|\s+|[^\s\p{L}\p{N}]+)$/u

/** The nearest place from `at` on that does not part a surrogate pair. */
const toBoundary = (text: string, at: number): number => {
  const code = text.codePointAt(at - 1)
  return code !== undefined && code > 0xffff ? at + 1 : at
}

/**
 * Cuts a text where it runs on for a thousand characters or more without a change between letters, blanks and signs,
 * so that no piece holds more than two thousand of a run. Byte-pair merging takes time square in the length of a run;
 * a cut changes the count by a token or so. Any other text comes back whole, and its count stays exact.
 *
 * Only every thousandth place is looked at: a run of two thousand fills at least one block of a thousand.
 */
export const splitLongRuns = (text: string): readonly string[] => {
  const pieces: string[] = []
  let start = 0
  for (let at = blockLength; at + blockLength <= text.length; at += blockLength) {
    const from = toBoundary(text, at)
    if (!homogeneous.test(text.slice(from, toBoundary(text, at + blockLength)))) continue
    pieces.push(text.slice(start, from))
    start = from
  }
  pieces.push(start === 0 ? text : text.slice(start))
  return pieces
}
