import { createDecoder, guessWide, type WideLabel } from './encoding.js'
import { type InputFile, readBytes } from './file.js'

/** The encodings in which spreadsheets and older programs save, by their labels of the WHATWG Encoding standard. */
const candidates = ['utf-8', 'gb18030', 'big5', 'shift_jis', 'euc-kr', 'windows-1252'] as const

/** The beginning of a file as other encodings read it. */
export interface Alternatives {
  /** What was read: the header line, or where there is none, or it is plain ASCII, the first characters that are not. */
  readonly what: 'header' | 'bytes'
  readonly readings: readonly (readonly [label: string, text: string])[]
}

/** A header is short; what is longer is cut, between characters as far as an encoding can tell. */
const shownBytes = 90
/** Enough to tell a language by. */
const shownOthers = 24
/** Further into a file nobody has to look: by then most encodings have shown themselves. */
const searchedBytes = 2 ** 20

const isEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d

const isOther = (byte: number): boolean => byte >= 0x80

const readStart = async (file: InputFile): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of readBytes(file)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= searchedBytes) break
  }
  return Buffer.concat(chunks)
}

/** The first line that is not blank, without its end. */
const firstLine = (start: Buffer): Buffer => {
  const line = start.subarray(
    Math.max(
      start.findIndex(byte => !isEnd(byte)),
      0,
    ),
  )
  const end = line.findIndex(isEnd)
  return end === -1 ? line : line.subarray(0, end)
}

const decodeAs = (label: string, bytes: Buffer): string | undefined => {
  try {
    return createDecoder(label)(bytes)
  } catch {
    return undefined
  }
}

/** Text that somebody may have written, and that tells something of its encoding. */
const isTelling = (text: string): boolean => /^\P{C}+$/u.test(text) && /\P{ASCII}/u.test(text)

/** Undefined where the bytes are no text in the encoding, or text that nobody writes. */
const readAs = (label: string, bytes: Buffer): string | undefined => {
  const text = decodeAs(label, bytes)?.replaceAll('\t', ' ')
  return text !== undefined && isTelling(text) ? text : undefined
}

/** Up to the end of a line and the bytes that are shown; a line is cut before a byte that may begin a character. */
const cut = (bytes: Buffer, most: number): Buffer => {
  const end = bytes.findIndex(isEnd)
  const line = end === -1 ? bytes : bytes.subarray(0, end)
  if (line.length <= most) return line
  const plain = line.subarray(most).findIndex(byte => !isOther(byte))
  return line.subarray(0, plain === -1 || plain > most ? most : most + plain)
}

/** UTF-16 has the bytes of line ends within other characters: it is cut when it is text. */
const readWide = (label: WideLabel, start: Buffer, hasHeader: boolean): Alternatives | undefined => {
  const text = decodeAs(label, start) ?? ''
  const header = hasHeader ? (/[^\r\n]+/.exec(text)?.[0] ?? '') : ''
  const what = /\P{ASCII}/u.test(header) ? 'header' : 'bytes'
  const line = what === 'header' ? header : (/\P{ASCII}[^\r\n]*/u.exec(text)?.[0] ?? '')
  const most = what === 'header' ? shownBytes : shownOthers
  const shown = [...line]
    .slice(0, most / 2)
    .join('')
    .replaceAll('\t', ' ')
  return isTelling(shown) ? { what, readings: [[label, shown]] } : undefined
}

/** Reads what a person can tell the encoding by as each of the candidates but one, or as UTF-16 alone. */
export const readAlternatives = async (
  file: InputFile,
  { except, hasHeader }: { readonly except: string; readonly hasHeader: boolean },
): Promise<Alternatives> => {
  const start = await readStart(file)
  const wide = guessWide(start)
  const asWide = wide === undefined || wide === except ? undefined : readWide(wide, start, hasHeader)
  if (asWide !== undefined) return asWide
  const header = hasHeader ? firstLine(start) : Buffer.alloc(0)
  const what = header.some(isOther) ? 'header' : 'bytes'
  const others = start.subarray(Math.max(start.findIndex(isOther), 0))
  const shown = what === 'header' ? cut(header, shownBytes) : cut(others, shownOthers)
  const readings = candidates.flatMap(label => {
    const text = label === except ? undefined : readAs(label, shown)
    return text === undefined ? [] : [[label, text] as const]
  })
  return { what, readings }
}

/** Writes them a line each, with what to do; undefined when no encoding makes sense of the bytes. */
export const showAlternatives = ({
  what,
  readings,
}: Alternatives): { readonly text: string; readonly hint: string } | undefined => {
  const [first] = readings
  if (first === undefined) return undefined
  const widest = Math.max(...readings.map(([label]) => label.length))
  const lines = readings.map(([label, text]) => `\n  --encoding ${label.padEnd(widest)}  ${text}`)
  const head = what === 'header' ? 'Its header' : 'The first characters that are not ASCII'
  const flag = `--encoding ${first[0]}`
  const alone = readings.length === 1
  return {
    text: `. ${head} in ${alone ? 'another encoding' : 'other encodings'}:${lines.join('')}`,
    hint: alone
      ? `Nothing was sent. If that reads right, give ${flag}`
      : `Nothing was sent. Choose the line that reads right and give its encoding (${flag} for the first line)`,
  }
}
