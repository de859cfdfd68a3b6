import type { Row } from '../core/model.js'
import { decideEncoding, type Encoding, looksWide, startBytes } from './encoding.js'
import type { NamedFile } from './expand-paths.js'
import { type InputFile, inspectFile, readBytes } from './file.js'
import { decideFormat, type InputFormat, notForJson } from './format.js'
import { type JsonFile, readColumns, readJsonRows } from './json-rows.js'
import { defaultMaxLineBytes } from './limit.js'
import { type GivenColumns, openTable } from './open-table.js'
import { readTable } from './read-table.js'
import { wideWithoutMark } from './text.js'

export interface InputOptions {
  /** Needed when the name does not say it; wins over the name. */
  readonly format?: InputFormat | undefined
  /** Wins over what the header line looks like; `tab` and `\t` stand for a tab. */
  readonly delimiter?: string | undefined
  /** For a table without a header line; undefined for one that has it. */
  readonly columns?: GivenColumns | undefined
  /** A label of the WHATWG Encoding standard; a byte order mark wins over it. Without both, UTF-8. */
  readonly encoding?: string | undefined
  /** The longest line of JSONL, element of an array and record of a table; 64 MiB unless given. */
  readonly maxLineBytes?: number | undefined
  /**
   * Whether rows of a table with too few or too many cells are handed over as rows that cannot be read, for whoever
   * looks for all that is wrong. Otherwise the first one ends the reading: it may be that a quote is missing before it.
   */
  readonly keepRagged?: boolean | undefined
  /** What people call the input, when it is not the path: "standard input". */
  readonly name?: string | undefined
}

const formOf = (format: InputFormat): Input['form'] => (format === 'csv' || format === 'tsv' ? 'table' : 'json')

/** Told where a pass stands: the share of the file's bytes that is read, from 0 to 1. */
export type OnShare = (share: number) => void

/** An input whose beginning has been read. */
export interface Input {
  /** The files that are read, in order. */
  readonly files: readonly NamedFile[]
  /** What people call it: the path, "standard input", or the first file and how many more. */
  readonly name: string
  readonly format: InputFormat
  readonly form: 'table' | 'json'
  /** The header of a table; for JSON the keys of its first object, in the order in which they are written. */
  readonly columns: readonly string[]
  /** The last column, in which each row of several files names its own; undefined for one file. */
  readonly sourceColumn: string | undefined
  /** Size on disk, compressed if it is. */
  readonly bytes: number
  /** Whether `rows` leaves some of the file's rows out. */
  readonly partial: boolean
  /** The place in `files` of the one that a row comes from, by the row's index. The row must have been read. */
  fileOf(index: number): number
  /** What that file is called; undefined for one file, which needs no naming. */
  sourceOf(index: number): string | undefined
  /**
   * Reads the rows from the start; each call is a pass of its own. In batches, so that a row costs no `await`; pulled,
   * so that memory does not grow with the file; ending the generator early closes the file.
   * @throws PromptmillError `bad_input` with row and line for a table that is malformed, after the rows before the fault
   */
  rows(onShare?: OnShare): AsyncGenerator<readonly Row[]>
}

const readStart = async (file: InputFile): Promise<Uint8Array> => {
  let start = Buffer.alloc(0)
  for await (const chunk of readBytes(file)) {
    start = Buffer.concat([start, chunk.subarray(0, startBytes)])
    if (start.length >= startBytes) break
  }
  return start
}

/** The part of an input that its form decides. */
interface Reader {
  readonly columns: readonly string[]
  read(onBytes: (bytes: number) => void): AsyncGenerator<readonly Row[]>
}

const openReader = async (file: InputFile, format: InputFormat, options: InputOptions): Promise<Reader> => {
  const start = await readStart(file)
  const encoding: Encoding = decideEncoding(start, options.encoding)
  const wide = encoding.label === 'utf-8' ? looksWide(start) : undefined
  if (wide !== undefined) {
    const hasHeader = formOf(format) === 'table' && options.columns === undefined
    throw await wideWithoutMark(file, wide, hasHeader)
  }
  const { delimiter, maxLineBytes = defaultMaxLineBytes, keepRagged } = options
  const facts = { file, encoding, maxLineBytes }
  if (format === 'jsonl' || format === 'json') {
    if (options.columns !== undefined) throw notForJson('--no-header', format)
    if (delimiter !== undefined) throw notForJson('--delimiter', format)
    const source: JsonFile = { ...facts, layout: format === 'json' ? 'array' : 'lines' }
    return { columns: await readColumns(source), read: onBytes => readJsonRows(source, onBytes) }
  }
  const table = await openTable({ ...facts, format, delimiter, given: options.columns })
  return { columns: table.columns, read: onBytes => readTable(table, { onBytes, keepRagged }) }
}

/**
 * Opens a file of rows: decides format, encoding and delimiter, and reads the header.
 * @param path of the file; `.gz` is told by its content
 * @throws PromptmillError `bad_input` when the file cannot be read, is empty or damaged, or its header is no header;
 * `bad_flag` for an encoding or a delimiter that cannot be one
 */
export const openInput = async (path: string, options: InputOptions): Promise<Input> => {
  const name = options.name ?? path
  const file = await inspectFile(path, name)
  const format = decideFormat(name, options.format)
  const reader = await openReader(file, format, options)
  return {
    files: [{ path, name }],
    name,
    format,
    form: formOf(format),
    columns: reader.columns,
    sourceColumn: undefined,
    bytes: file.bytes,
    partial: false,
    fileOf: () => 0,
    sourceOf: () => undefined,
    rows(onShare) {
      let read = 0
      return reader.read(bytes => {
        read += bytes
        onShare?.(Math.min(read / file.bytes, 1))
      })
    },
  }
}
