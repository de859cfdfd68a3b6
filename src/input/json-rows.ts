import { isAscii, isUtf8 } from 'node:buffer'
import { memberTexts } from '../core/json-text.js'
import type { JsonRow, UnreadableRow } from '../core/model.js'
import { createBatches } from './batches.js'
import { ArrayFault, createElementSplitter } from './element-splitter.js'
import { type Encoding, skipBytes } from './encoding.js'
import { emptyInput, type InputFile, type OnBytes, readBytes } from './file.js'
import { explainArray } from './json-faults.js'
import { readJsonText } from './json-text.js'
import { createLineSplitter, type Span } from './line-splitter.js'
import { notInEncoding, type RowFinder, readText } from './text.js'

/** A file of JSON objects: one a line, or all in one array. */
export interface JsonFile {
  readonly file: InputFile
  readonly encoding: Encoding
  readonly layout: 'lines' | 'array'
  readonly maxLineBytes: number
}

const createSplitter = ({ layout, maxLineBytes }: JsonFile, onRow: (span: Span, line: number) => void) => {
  if (layout === 'array') return createElementSplitter(maxLineBytes, onRow)
  let line = 0
  return createLineSplitter(maxLineBytes, span => onRow(span, ++line))
}

/** The row in which a text stops: as many as are whole before it. */
const createFinder = (source: JsonFile): RowFinder => ({
  hasHeader: false,
  async findRow(text) {
    let rows = 0
    const splitter = createSplitter(source, ({ bytes, from, to }) => {
      if (source.layout === 'array' || bytes.toString('utf8', from, to).trim() !== '') rows++
    })
    // It does not end here: the last piece is a part of the row that is looked for.
    for await (const chunk of text) splitter.write(chunk)
    return rows
  },
})

/**
 * UTF-8 is cut into rows before it is decoded, so that a byte that is no text spoils its own row only; other encodings
 * have their LF and their brackets in other bytes and are decoded first.
 */
const rowBytes = (source: JsonFile, onBytes: OnBytes | undefined): AsyncIterable<Buffer> =>
  source.encoding.label === 'utf-8'
    ? skipBytes(readBytes(source.file, onBytes), source.encoding.markBytes)
    : readText(source.file, source.encoding, { onBytes, finder: createFinder(source) })

/**
 * Tells a file in another encoding from one of UTF-8 with a damaged row: in the former not a single row that is more than
 * ASCII is UTF-8, and there are several of them or no others.
 */
const createEncodingWatch = () => {
  let spoilt = 0
  let proper = false
  return {
    see({ bytes, from, to, cut }: Span, row: JsonRow | UnreadableRow): void {
      if (proper) return
      // More bytes than characters: some are of two, or there was white space around it.
      if (row.form === 'json') proper = row.text.length < to - from && !isAscii(bytes.subarray(from, to))
      else if (!cut && !isUtf8(bytes.subarray(from, to))) spoilt++
    },
    isOther: (rows: number): boolean => !proper && (spoilt > 1 || (spoilt === 1 && rows === 1)),
  }
}

/**
 * Reads the rows of a JSON file from its start, in batches. Blank lines are no rows.
 * @throws PromptmillError `bad_input` for an array that is none, after the rows before the fault
 */
export async function* readJsonRows(
  source: JsonFile,
  onBytes?: OnBytes,
): AsyncGenerator<readonly (JsonRow | UnreadableRow)[]> {
  const batches = createBatches<JsonRow | UnreadableRow>()
  const encodings = createEncodingWatch()
  const unit = source.layout === 'lines' ? 'line' : 'element'
  const maxBytes = source.maxLineBytes
  let index = 0
  const splitter = createSplitter(source, (span, line) => {
    const row = readJsonText(span, { index, line, unit, maxBytes })
    if (row === undefined) return
    encodings.see(span, row)
    batches.push(row)
    index++
  })
  try {
    for await (const chunk of rowBytes(source, onBytes)) {
      splitter.write(chunk)
      yield* batches.take()
    }
    splitter.end()
    yield* batches.take()
    if (encodings.isOther(index)) throw await notInEncoding(source.file, source.encoding, createFinder(source))
  } catch (error) {
    yield* batches.take()
    throw error instanceof ArrayFault ? explainArray(error, source.file.name, index) : error
  }
}

/**
 * The keys of the first object, in the order in which they are written; none if no row holds one.
 * @throws PromptmillError `bad_input` when there is no row at all
 */
export const readColumns = async (source: JsonFile): Promise<readonly string[]> => {
  let rows = 0
  for await (const batch of readJsonRows(source)) {
    rows += batch.length
    const first = batch.find(row => row.form === 'json')
    // Not Object.keys: it moves keys that look like numbers to the front.
    if (first !== undefined) return [...memberTexts(first.text).keys()]
  }
  if (rows === 0 && source.layout === 'lines') throw emptyInput(source.file.name)
  return []
}
