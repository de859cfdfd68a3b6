import { isUtf8 } from 'node:buffer'
import { findJsonFault } from '../core/json-fault.js'
import { findDuplicateKey, measureObject } from '../core/json-text.js'
import type { JsonObject, JsonRow, RowFault, UnreadableRow } from '../core/model.js'
import { showBytes } from './limit.js'

/** A line of a JSONL file. */
export interface JsonLine {
  readonly bytes: Buffer
  /** Longer than the limit: only the beginning is here. */
  readonly cut: boolean
  /** Counted from 1. */
  readonly line: number
}

/** Deeper nesting serves nobody, and recursion over it (JSON.stringify has some) would overflow the stack. */
const deepestNesting = 1000

/** An unreadable row keeps this much of its line. */
const shownBytes = 2048

const shown = (bytes: Buffer): string =>
  // As a stream: a character that the cut goes through is left out.
  new TextDecoder().decode(bytes.subarray(0, shownBytes), { stream: bytes.length > shownBytes }).trim()

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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

const explainSyntax = (text: string): string => {
  const at = findJsonFault(text)
  if (at === undefined) return 'the line cannot be parsed as JSON'
  const where = at >= text.trimEnd().length ? 'it ends too early' : `character ${at + 1} cannot stand there`
  return `the line is not valid JSON: ${where}`
}

/** What keeps an object from being a row; undefined if nothing does. */
const findFlaw = (text: string, record: JsonObject): string | undefined => {
  const { members, depth } = measureObject(text)
  if (depth > deepestNesting) return `the line nests ${depth} levels deep, the limit is ${deepestNesting}`
  // Counting is cheap, so that only a line with a duplicate pays for finding it.
  if (members === Object.keys(record).length) return undefined
  return `the key ${JSON.stringify(findDuplicateKey(text)?.slice(0, 100))} is in the line more than once`
}

/**
 * Reads a line of a JSONL file; undefined for a blank one. What is wrong with it concerns it alone.
 * @param maxLineBytes the limit that a cut line went over
 */
export const readJsonLine = (
  { bytes, cut, line }: JsonLine,
  index: number,
  maxLineBytes: number,
): JsonRow | UnreadableRow | undefined => {
  const unreadable = (message: string): UnreadableRow => {
    const fault: RowFault = { code: 'invalid_row', message }
    return { form: 'unreadable', index, line, text: shown(bytes), fault }
  }
  if (cut) return unreadable(`the line is longer than ${showBytes(maxLineBytes)}, the limit`)
  if (!isUtf8(bytes)) {
    return unreadable('the line is not valid UTF-8; if the whole file is in another encoding, give --encoding')
  }
  const written = bytes.toString()
  const text = written.trim()
  if (text === '') return undefined
  const parsed = parse(text)
  if (parsed === undefined) return unreadable(explainSyntax(written))
  const { value } = parsed
  if (!isObject(value)) return unreadable(`the line holds ${kindOf(value)}, not an object`)
  const flaw = findFlaw(text, value)
  return flaw === undefined ? { form: 'json', index, line, text, record: value } : unreadable(flaw)
}
