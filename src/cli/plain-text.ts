const longest = 400

/** The pictures of the control characters stand at U+2400 in their order; those from U+007F on have none. */
const toPicture = (character: string): string => {
  const code = character.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '�'
}

/** Marks that turn the direction of writing, or take no room at all. */
const unseen = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g
const turning = /[\u202a-\u202e\u2066-\u2069]/g

/**
 * A text from outside, of any length, as a terminal may show it: lines and tabs stay, all other control characters
 * become visible, and none is obeyed.
 */
export const showText = (text: string): string =>
  text.replaceAll(/(?![\n\t])\p{Cc}/gu, toPicture).replaceAll(turning, '�')

/**
 * A text from outside as one line that a terminal obeys nothing of: control characters become visible, line breaks
 * blanks, and what is very long is cut. Files keep the text as it came.
 */
export const showPlain = (text: string): string => {
  const line = text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll(/\p{Cc}/gu, toPicture)
    .replaceAll(unseen, '�')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
