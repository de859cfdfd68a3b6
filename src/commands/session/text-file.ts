import { readFile } from 'node:fs/promises'
import { PromptmillError } from '../../core/errors.js'
import { unreadableNamedFile } from '../../core/unreadable.js'

/** UTF-16 tells itself by its byte order mark; everything else is UTF-8. */
const decoderFor = (bytes: Uint8Array) => {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex')
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
  // Strict: what cannot be read would be sent, and paid for, as rows of question marks.
  return new TextDecoder(encoding, { fatal: true })
}

/**
 * Reads a text that a flag names: UTF-8, or UTF-16 with a byte order mark; the mark is left out.
 * @throws PromptmillError `bad_flag` when the file cannot be read or is in another encoding
 */
export const readTextFile = async (flag: string, file: string): Promise<string> => {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (cause) {
    throw unreadableNamedFile('bad_flag', `${flag} ${file}`, cause)
  }
  try {
    return decoderFor(bytes).decode(bytes)
  } catch (cause) {
    throw new PromptmillError('bad_flag', `${flag} ${file} is not valid UTF-8`, {
      hint: 'Save it as UTF-8',
      cause,
    })
  }
}
