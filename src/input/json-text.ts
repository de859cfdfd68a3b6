import { isUtf8 } from 'node:buffer'
import { findJsonFault } from '../core/json-fault.js'
import { isObject } from '../core/json-object.js'
import { findDuplicateKey, measureObject } from '../core/json-text.js'
import type { JsonObject, JsonRow, RowFault, UnreadableRow } from '../core/model.js'
import { showBytes } from './limit.js'
import type { Span } from './line-splitter.js'

/** What rows are called in messages: the lines of a JSONL file, the elements of a JSON array. */
export type JsonUnit = 'line' | 'element'

/** A row before it is read: where it stands, and what readers go by. */
export interface JsonPlace {
  readonly index: number
  /** Line of the file on which it begins, counted from 1. */
  readonly line: number
  readonly unit: JsonUnit
  /** The limit that a cut row went over. */
  readonly maxBytes: number
}

/** Deeper nesting serves nobody, and recursion over it (JSON.stringify has some) would overflow the stack. */
const deepestNesting = 1000

/** An unreadable row keeps this much of its line. */
const shownBytes = 2048

const shown = (bytes: Buffer): string =>
  // As a stream: a character that the cut goes through is left out.
  new TextDecoder().decode(bytes.subarray(0, shownBytes), { stream: bytes.length > shownBytes }).trim()

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`
}

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const explainSyntax = (text: string, unit: JsonUnit): string => {
  const at = findJsonFault(text)
  if (at === undefined) return `the ${unit} cannot be parsed as JSON`
  const where = at >= text.trimEnd().length ? 'it ends too early' : `character ${at + 1} cannot stand there`
  return `the ${unit} is not valid JSON: ${where}`
}

/** What keeps an object from being a row; undefined if nothing does. */
const findFlaw = (text: string, record: JsonObject, unit: JsonUnit): string | undefined => {
  const { members, depth } = measureObject(text)
  if (depth > deepestNesting) return `the ${unit} nests ${depth} levels deep, the limit is ${deepestNesting}`
  // Counting is cheap, so that only a line with a duplicate pays for finding it.
  if (members === Object.keys(record).length) return undefined
  return `the key ${JSON.stringify(findDuplicateKey(text)?.slice(0, 100))} is in the ${unit} more than once`
}

/** Outside of strings line ends are mere white space, and inside of them they are none of JSON. */
const joinLines = (text: string): string => (/[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+[ \t]*/g, '') : text)

/**
 * Reads a line of a JSONL file, undefined for a blank one, or an element of an array. What is wrong with it concerns it
 * alone. The text of a row has no line ends, so that it can be written as a line.
 */
export const readJsonText = (
  span: Span,
  { index, line, unit, maxBytes }: JsonPlace,
): JsonRow | UnreadableRow | undefined => {
  const { bytes, from, to } = span
  const unreadable = (message: string): UnreadableRow => {
    const fault: RowFault = { code: 'invalid_row', message }
    return { form: 'unreadable', index, line, text: shown(bytes.subarray(from, to)), fault }
  }
  if (span.cut) return unreadable(`the ${unit} is longer than ${showBytes(maxBytes)}, the limit`)
  if (!span.proper && !isUtf8(bytes.subarray(from, to))) {
    return unreadable(`the ${unit} is not valid UTF-8; if the whole file is in another encoding, give --encoding`)
  }
  const written = bytes.toString('utf8', from, to)
  const text = written.trim()
  if (text === '') return undefined
  const parsed = parse(text)
  if (parsed === undefined) return unreadable(explainSyntax(written, unit))
  const { value } = parsed
  if (!isObject(value)) return unreadable(`the ${unit} holds ${kindOf(value)}, not an object`)
  const flaw = findFlaw(text, value, unit)
  if (flaw !== undefined) return unreadable(flaw)
  return { form: 'json', index, line, text: unit === 'line' ? text : joinLines(text), record: value }
}
