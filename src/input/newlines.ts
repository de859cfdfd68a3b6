/**
 * What ends a line: LF and CRLF, or also a lone CR. A lone CR ends the lines of old Mac files; in a file whose lines
 * end with LF it is a character like any other.
 */
export type Newline = 'lf' | 'any'

const countOf = (text: string, mark: string): number => {
  let count = 0
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) count++
  return count
}

/** How many line ends a text holds. */
export const countNewlines = (text: string, newline: Newline): number => {
  const feeds = countOf(text, '\n')
  return newline === 'lf' ? feeds : feeds + countOf(text, '\r') - countOf(text, '\r\n')
}

/** Counts the line ends of a text that comes in pieces, cut anywhere. */
export interface LineCounter {
  add(text: string): void
  readonly count: number
}

export const createLineCounter = (newline: Newline): LineCounter => {
  let count = 0
  let endsInReturn = false
  return {
    add(text) {
      if (text === '') return
      const joined = newline === 'any' && endsInReturn && text.startsWith('\n')
      count += countNewlines(text, newline) - (joined ? 1 : 0)
      endsInReturn = text.endsWith('\r')
    },
    get count() {
      return count
    },
  }
}
