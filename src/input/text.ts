import { PromptmillError } from '../core/errors.js'
import { createDecoder, type Encoding, skipBytes, toUtf8, UndecodableError } from './encoding.js'
import { type InputFile, type OnBytes, readBytes } from './file.js'
import { createLineCounter, type LineCounter } from './newlines.js'

type Decode = ReturnType<typeof createDecoder>

const decodes = (decode: Decode, chunk: Uint8Array): boolean => {
  try {
    decode(chunk)
    return true
  } catch {
    return false
  }
}

const addUntilFault = (decode: Decode, chunk: Uint8Array, add: (text: string) => void): void => {
  try {
    for (const byte of chunk) add(decode(Uint8Array.of(byte)))
  } catch {
    // This is where the text ends.
  }
}

/** Reads again from the start, only once a file has failed: the line, from 1, with the first bytes that are no text. */
const findUndecodable = async (file: InputFile, encoding: Encoding): Promise<number> => {
  const ahead = createDecoder(encoding.label)
  // Stays one chunk behind, so that it can go byte by byte through the chunk at which the first one failed.
  const behind = createDecoder(encoding.label)
  const feeds: LineCounter = createLineCounter('lf')
  const ends: LineCounter = createLineCounter('any')
  const add = (text: string): void => {
    feeds.add(text)
    ends.add(text)
  }
  for await (const chunk of skipBytes(readBytes(file), encoding.markBytes)) {
    if (!decodes(ahead, chunk)) {
      addUntilFault(behind, chunk, add)
      break
    }
    add(behind(chunk))
  }
  return (feeds.count === 0 ? ends.count : feeds.count) + 1
}

const longestShown = 80

/** The first line as GB18030, when it is short, readable and not plain ASCII: that is the likeliest other encoding. */
const firstLineAsChinese = async (file: InputFile): Promise<string | undefined> => {
  for await (const chunk of readBytes(file)) {
    const end = chunk.findIndex(byte => byte === 0x0a || byte === 0x0d)
    if (end === -1 || end > longestShown) return undefined
    try {
      const line = createDecoder('gb18030')(chunk.subarray(0, end))
      return /^\P{C}*$/u.test(line) && /\P{ASCII}/u.test(line) ? line : undefined
    } catch {
      return undefined
    }
  }
  return undefined
}

const notInEncoding = async (file: InputFile, encoding: Encoding): Promise<PromptmillError> => {
  const line = await findUndecodable(file, encoding)
  const expected = encoding.label === 'utf-8' ? 'UTF-8' : encoding.label
  const message = `${file.name} is not ${expected}: line ${line} holds bytes that are no text in it`
  if (encoding.label !== 'utf-8') {
    return new PromptmillError('bad_input', message, { hint: 'Give another --encoding, or none for UTF-8' })
  }
  const chinese = await firstLineAsChinese(file)
  const shown = chinese === undefined ? '' : `. Read as gb18030, its first line is: ${chinese}`
  return new PromptmillError('bad_input', message, {
    hint: `Name its encoding, such as --encoding gb18030 (Chinese), shift_jis (Japanese) or windows-1252 (Western European)${shown}`,
  })
}

/**
 * Reads a file from its start as UTF-8 without a byte order mark, chunks cut between characters.
 * @throws PromptmillError `bad_input` with the line where the bytes are not in the encoding
 */
export async function* readText(file: InputFile, encoding: Encoding, onBytes?: OnBytes): AsyncGenerator<Buffer> {
  try {
    yield* toUtf8(readBytes(file, onBytes), encoding)
  } catch (error) {
    throw error instanceof UndecodableError ? await notInEncoding(file, encoding) : error
  }
}
