import { PromptmillError } from '../core/errors.js'
import { createDecoder, type Encoding, skipBytes, toUtf8, UndecodableError, type WideLabel } from './encoding.js'
import { type InputFile, type OnBytes, readBytes } from './file.js'
import { createLineCounter } from './newlines.js'
import { readAlternatives, showAlternatives } from './other-encodings.js'

type Decode = ReturnType<typeof createDecoder>

const decodes = (decode: Decode, chunk: Uint8Array): boolean => {
  try {
    decode(chunk)
    return true
  } catch {
    return false
  }
}

const decodeUntilFault = (decode: Decode, chunk: Uint8Array): string => {
  let text = ''
  try {
    for (const byte of chunk) text += decode(Uint8Array.of(byte))
  } catch {
    // This is where the text ends.
  }
  return text
}

/** Reads again from the start, only once a file has failed: the text before the first bytes that are none. */
async function* readUntilFault(file: InputFile, encoding: Encoding): AsyncGenerator<Buffer> {
  const ahead = createDecoder(encoding.label)
  // Stays one chunk behind, so that it can go byte by byte through the chunk at which the first one failed.
  const behind = createDecoder(encoding.label)
  for await (const chunk of skipBytes(readBytes(file), encoding.markBytes)) {
    const whole = decodes(ahead, chunk)
    yield Buffer.from(whole ? behind(chunk) : decodeUntilFault(behind, chunk))
    if (!whole) return
  }
}

/** In a file whose lines end with LF a lone CR is a character like any other. */
const findLine = async (file: InputFile, encoding: Encoding): Promise<number> => {
  const feeds = createLineCounter('lf')
  const ends = createLineCounter('any')
  for await (const chunk of readUntilFault(file, encoding)) {
    const text = chunk.toString()
    feeds.add(text)
    ends.add(text)
  }
  return (feeds.count === 0 ? ends.count : feeds.count) + 1
}

/** Knows how a text is made up of rows. */
export interface RowFinder {
  readonly hasHeader: boolean
  /**
   * Tells in which row a text stops that is given from the start of the file to the first bytes that are no text: the
   * index of the row, -1 for the header.
   */
  findRow(text: AsyncIterable<Buffer>): Promise<number>
}

const showPlace = async (file: InputFile, encoding: Encoding, finder: RowFinder | undefined): Promise<string> => {
  const line = await findLine(file, encoding)
  const row = await finder?.findRow(readUntilFault(file, encoding))
  if (row === undefined) return `line ${line}`
  return row === -1 ? `the header (line ${line})` : `row ${row + 1} (line ${line})`
}

/** What is wrong with a file that is not in the encoding it was read in, with what it would be in others. */
export const notInEncoding = async (
  file: InputFile,
  encoding: Encoding,
  finder?: RowFinder,
): Promise<PromptmillError> => {
  const place = await showPlace(file, encoding, finder)
  const expected = encoding.label === 'utf-8' ? 'UTF-8' : encoding.label
  const message = `${file.name} is not ${expected}: ${place} holds bytes that are no text in it`
  const shown = showAlternatives(
    await readAlternatives(file, { except: encoding.label, hasHeader: finder?.hasHeader === true }),
  )
  if (shown !== undefined) {
    return new PromptmillError('bad_input', `${message}${shown.text}`, { hint: shown.hint })
  }
  const hint =
    encoding.label === 'utf-8'
      ? 'Name its encoding, such as --encoding gb18030 (Chinese), shift_jis (Japanese) or windows-1252 (Western European)'
      : 'Give another --encoding, or none for UTF-8'
  return new PromptmillError('bad_input', message, { hint })
}

/** What is wrong with a file of UTF-16 that does not say so by a byte order mark. */
export const wideWithoutMark = async (
  file: InputFile,
  wide: WideLabel,
  hasHeader: boolean,
): Promise<PromptmillError> => {
  const shown = showAlternatives(await readAlternatives(file, { except: 'utf-8', hasHeader }))
  const message = `${file.name} looks like UTF-16 without a byte order mark${shown?.text ?? ''}`
  return new PromptmillError('bad_input', message, { hint: shown?.hint ?? `Give --encoding ${wide}` })
}

/**
 * Reads a file from its start as UTF-8 without a byte order mark, chunks cut between characters.
 * @throws PromptmillError `bad_input` with row and line where the bytes are not in the encoding
 */
export async function* readText(
  file: InputFile,
  encoding: Encoding,
  { onBytes, finder }: { readonly onBytes?: OnBytes | undefined; readonly finder?: RowFinder } = {},
): AsyncGenerator<Buffer> {
  try {
    yield* toUtf8(readBytes(file, onBytes), encoding)
  } catch (error) {
    throw error instanceof UndecodableError ? await notInEncoding(file, encoding, finder) : error
  }
}
