import { memberTexts } from '../core/json-text.js'
import type { JsonRow, UnreadableRow } from '../core/model.js'
import { createBatches } from './batches.js'
import { type Encoding, skipBytes } from './encoding.js'
import { emptyInput, type InputFile, type OnBytes, readBytes } from './file.js'
import { readJsonLine } from './json-line.js'
import { createLineSplitter } from './line-splitter.js'
import { readText } from './text.js'

/** A JSONL file: one object a line. */
export interface JsonLines {
  readonly file: InputFile
  readonly encoding: Encoding
  readonly maxLineBytes: number
}

/** UTF-8 is cut into lines before it is decoded; other encodings have their LF in other bytes and are decoded first. */
const lineBytes = ({ file, encoding }: JsonLines, onBytes: OnBytes | undefined): AsyncIterable<Buffer> =>
  encoding.label === 'utf-8'
    ? skipBytes(readBytes(file, onBytes), encoding.markBytes)
    : readText(file, encoding, onBytes)

/** Reads the rows of a JSONL file from its start, in batches. Blank lines are no rows. */
export async function* readJsonLines(
  lines: JsonLines,
  onBytes?: OnBytes,
): AsyncGenerator<readonly (JsonRow | UnreadableRow)[]> {
  const batches = createBatches<JsonRow | UnreadableRow>()
  let index = 0
  let line = 0
  const splitter = createLineSplitter(lines.maxLineBytes, (bytes, cut) => {
    line++
    const row = readJsonLine({ bytes, cut, line }, index, lines.maxLineBytes)
    if (row === undefined) return
    batches.push(row)
    index++
  })
  for await (const chunk of lineBytes(lines, onBytes)) {
    splitter.write(chunk)
    yield* batches.take()
  }
  splitter.end()
  yield* batches.take()
}

/**
 * The keys of the first object, in the order in which they are written; none if no line holds one.
 * @throws PromptmillError `bad_input` when there is no line with anything in it
 */
export const readColumns = async (lines: JsonLines): Promise<readonly string[]> => {
  let rows = 0
  for await (const batch of readJsonLines(lines)) {
    rows += batch.length
    const first = batch.find(row => row.form === 'json')
    // Not Object.keys: it moves keys that look like numbers to the front.
    if (first !== undefined) return [...memberTexts(first.text).keys()]
  }
  if (rows === 0) throw emptyInput(lines.file.name)
  return []
}
