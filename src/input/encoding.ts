import { isUtf8 } from 'node:buffer'
import { PromptmillError } from '../core/errors.js'

/** How the bytes of an input stand for text. */
export interface Encoding {
  /** Canonical label of the WHATWG Encoding standard. */
  readonly label: string
  /** Bytes of the byte order mark at the start, which are no text. */
  readonly markBytes: number
}

/** Thrown when bytes do not stand for text. Says nothing of where: finding that out costs a second reading. */
export class UndecodableError extends Error {}

const marks: readonly (readonly [label: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
]

/** As many first bytes of an input as `decideEncoding` and `looksWide` want to see. */
export const startBytes = 16

/** Names that people know from Windows, Python and iconv, and the standard does not. */
const aliases: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp936: 'gb18030',
  cp949: 'euc-kr',
  cp950: 'big5',
  ms936: 'gb18030',
  'big5-hkscs': 'big5',
  'latin-1': 'windows-1252',
  'utf-8-sig': 'utf-8',
  utf16: 'utf-16le',
}

const toLabel = (asked: string): string => {
  const name = asked.trim().toLowerCase()
  try {
    const label = new TextDecoder(Object.hasOwn(aliases, name) ? aliases[name] : name).encoding
    // GB18030 holds all of GBK; under the name gbk, Node 20 fails on four-byte characters.
    return label === 'gbk' ? 'gb18030' : label
  } catch {
    throw new PromptmillError('bad_flag', `--encoding ${asked}: no such encoding is known`, {
      hint: 'Known are those of web browsers, such as utf-8, utf-16le, gb18030, big5, shift_jis, euc-kr, windows-1252',
    })
  }
}

/**
 * Decides the encoding of an input: its byte order mark, else what was asked for, else UTF-8. The mark comes first, as
 * in the "decode" of the Encoding standard: in another encoding those bytes would begin no sensible text.
 * @throws PromptmillError `bad_flag` when the encoding asked for is unknown
 */
export const decideEncoding = (start: Uint8Array, asked: string | undefined): Encoding => {
  const label = asked === undefined ? 'utf-8' : toLabel(asked)
  const mark = marks.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))
  return mark === undefined ? { label, markBytes: 0 } : { label: mark[0], markBytes: mark[1].length }
}

export type WideLabel = 'utf-16le' | 'utf-16be'

/** How many NUL bytes stand at even and at odd places. In UTF-16 an ASCII character has one, on the side of its order. */
const countNuls = (bytes: Uint8Array): { readonly even: number; readonly odd: number } => {
  let even = 0
  let odd = 0
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) {
    if (at % 2 === 0) even++
    else odd++
  }
  return { even, odd }
}

/**
 * Whether a file begins as UTF-16 does that has no byte order mark: with ASCII characters, such as delimiters and line
 * ends, each with a NUL byte on the same side. Read as UTF-8 that might be text, if of no use.
 */
export const looksWide = (start: Uint8Array): WideLabel | undefined => {
  const { even, odd } = countNuls(start)
  if (Math.min(even, odd) > 0 || even + odd < 2) return undefined
  return odd > 0 ? 'utf-16le' : 'utf-16be'
}

/** Which UTF-16 bytes would be if they are any: text in other encodings hardly holds a NUL. */
export const guessWide = (bytes: Uint8Array): WideLabel | undefined => {
  const { even, odd } = countNuls(bytes)
  if (even + odd < 2) return undefined
  return odd > even ? 'utf-16le' : 'utf-16be'
}

/** How many bytes at the end of a chunk begin a UTF-8 character that the next chunk ends (RFC 3629 section 3). */
const unfinishedBytes = (chunk: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/** Checks UTF-8 without making strings of it: parsers take the bytes as they are. */
async function* checkUtf8(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer | undefined
  for await (const chunk of source) {
    const bytes = begun === undefined ? chunk : Buffer.concat([begun, chunk])
    const end = bytes.length - unfinishedBytes(bytes)
    begun = end === bytes.length ? undefined : bytes.subarray(end)
    const whole = bytes.subarray(0, end)
    if (!isUtf8(whole)) throw new UndecodableError()
    if (end > 0) yield whole
  }
  if (begun !== undefined) throw new UndecodableError()
}

/** A strict decoder that works chunk by chunk. */
export const createDecoder = (label: string): ((chunk?: Uint8Array) => string) => {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
  return chunk => {
    try {
      // Always as a stream: for a whole text, Node 20 takes windows-1252 for ISO 8859-1.
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch (error) {
      throw new UndecodableError(undefined, { cause: error })
    }
  }
}

async function* transcode(source: AsyncIterable<Buffer>, label: string): AsyncGenerator<Buffer> {
  const decode = createDecoder(label)
  for await (const chunk of source) {
    const text = decode(chunk)
    if (text !== '') yield Buffer.from(text)
  }
  const rest = decode()
  if (rest !== '') yield Buffer.from(rest)
}

/** Leaves out the first bytes of a stream. */
export async function* skipBytes(source: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count
  for await (const chunk of source) {
    if (chunk.length > left) yield chunk.subarray(left)
    left = Math.max(left - chunk.length, 0)
  }
}

/**
 * Turns bytes into UTF-8 without a byte order mark, chunks cut between characters.
 * @throws UndecodableError for bytes that stand for no text: nothing is replaced in silence
 */
export const toUtf8 = (source: AsyncIterable<Buffer>, encoding: Encoding): AsyncIterable<Buffer> => {
  const bytes = skipBytes(source, encoding.markBytes)
  return encoding.label === 'utf-8' ? checkUtf8(bytes) : transcode(bytes, encoding.label)
}
