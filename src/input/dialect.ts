import { PromptmillError } from '../core/errors.js'
import { notGiven } from '../core/given-value.js'
import type { Newline } from './newlines.js'

/** How a table is written. Decided once, from its first lines. */
export interface Dialect {
  readonly delimiter: string
  readonly newline: Newline
  /** Bytes of UTF-8 before the header that are no part of the table: Excel's `sep=` line. */
  readonly skipBytes: number
  /** Line of the file on which the table begins, counted from 1. */
  readonly firstLine: number
}

/** In the order in which they win when the header holds as many of one as of another. */
const candidates = [',', ';', '\t', '|'] as const

const separatorLine = /^"?sep=([^"\r\n])"?(?:\r\n|\r|\n)/i

/** Visits the characters that stand outside quotes; a doubled quote inside quotes toggles twice. */
const outsideQuotes = (text: string, visit: (character: string, at: number) => boolean): void => {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') quoted = !quoted
    else if (!quoted && !visit(character, at)) return
  }
}

const isNewline = (character: string): boolean => character === '\n' || character === '\r'

/** Where the header stands: the first line that is not blank, up to a line end outside quotes. */
const findHeader = (text: string): { readonly start: number; readonly end: number } => {
  const blank = /^[\r\n]*/.exec(text)?.[0].length ?? 0
  let end = text.length
  outsideQuotes(text.slice(blank), (character, at) => {
    if (isNewline(character)) end = blank + at
    return end === text.length
  })
  return { start: blank, end }
}

/** Whether the beginning of a file holds the whole header, and the character after a CR, which tells the line ends. */
export const holdsHeader = (start: string): boolean => {
  const text = start.replace(separatorLine, '')
  return findHeader(text).end + 1 < text.length
}

/**
 * The candidate of which the first line holds most; where the number of columns is known, the one that makes as many of
 * it, if there is one.
 */
const sniffDelimiter = (header: string, columns: number | undefined): string => {
  const counts = new Map<string, number>(candidates.map(candidate => [candidate, 0]))
  outsideQuotes(header, character => {
    const count = counts.get(character)
    if (count !== undefined) counts.set(character, count + 1)
    return true
  })
  const fitting = candidates.find(candidate => (counts.get(candidate) ?? 0) + 1 === columns)
  if (fitting !== undefined) return fitting
  return candidates.reduce((best, next) => ((counts.get(next) ?? 0) > (counts.get(best) ?? 0) ? next : best))
}

const readDelimiter = (asked: string): string => {
  const delimiter = asked === String.raw`\t` || asked.toLowerCase() === 'tab' ? '\t' : asked
  if (/^[^"\r\n]$/u.test(delimiter)) return delimiter
  throw new PromptmillError(
    'bad_flag',
    `--delimiter must be one character, other than a quote or a line end${notGiven(asked)}`,
    {
      hint: String.raw`Such as --delimiter ";" or --delimiter tab`,
    },
  )
}

/** What the beginning of a table tells. */
export interface TableStart {
  readonly dialect: Dialect
  /** The table's text up to the end of its first record, blank lines before it included. */
  readonly header: string
}

/** What is known of a table before it is read. */
export interface DialectHints {
  readonly format: 'csv' | 'tsv'
  /** The delimiter that was asked for. */
  readonly delimiter: string | undefined
  /** How many columns there are, where their names were given. */
  readonly columns?: number | undefined
}

/**
 * Decides how a table is written from its beginning. The first record alone tells the delimiter: the rows of a file of
 * prompts hold more commas than columns. What was asked for wins, then Excel's `sep=` line, then the form (TSV).
 * @throws PromptmillError `bad_flag` for a delimiter that cannot be one
 */
export const decideDialect = (start: string, { format, delimiter: asked, columns }: DialectHints): TableStart => {
  const [line = '', named] = separatorLine.exec(start) ?? []
  const text = start.slice(line.length)
  const { start: from, end } = findHeader(text)
  const own = format === 'tsv' ? '\t' : sniffDelimiter(text.slice(from, end), columns)
  const dialect: Dialect = {
    delimiter: asked === undefined ? (named ?? own) : readDelimiter(asked),
    newline: text.charAt(end) === '\r' && text.charAt(end + 1) !== '\n' ? 'any' : 'lf',
    skipBytes: Buffer.byteLength(line),
    firstLine: line === '' ? 1 : 2,
  }
  return { dialect, header: text.slice(0, end) }
}
