import { isUtf8 } from 'node:buffer'

/** A part of some bytes that holds one line or one element. A view of its own for each would cost more than reading it. */
export interface Span {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
  /** It was longer than the limit, and only its beginning is here. */
  readonly cut: boolean
  /** Whether it is known to be UTF-8; false does not say that it is not. */
  readonly proper: boolean
}

/** Takes a line without its LF. */
export type OnLine = (line: Span) => void

/** Cuts bytes that come in pieces into lines. */
export interface LineSplitter {
  write(chunk: Buffer): void
  /** Hands over the last line, if no LF follows it. */
  end(): void
}

/** What is kept of a line that is too long. */
const keptBytes = 4096

const lineFeed = 0x0a

/** Gathers what comes in pieces; of what is too long only the beginning, so that it is not held. */
export const createPieces = (maxBytes: number) => {
  let parts: Buffer[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    add(part: Buffer): void {
      const wasCut = length > maxBytes
      length += part.length
      if (wasCut) return
      parts.push(part)
      if (length > maxBytes) parts = [Buffer.concat(parts, Math.min(length, keptBytes))]
    },
    take(): Span {
      const [first = Buffer.alloc(0)] = parts
      const bytes = parts.length > 1 ? Buffer.concat(parts) : first
      const cut = length > maxBytes
      parts = []
      length = 0
      return { bytes, from: 0, to: bytes.length, cut, proper: false }
    },
  }
}

/**
 * Cuts at LF bytes alone, before anything is decoded: U+2028 and U+2029 end no line, and a byte that is no text
 * spoils its own line only. A line longer than `maxLineBytes` is dropped while it is read, not held.
 */
export const createLineSplitter = (maxLineBytes: number, onLine: OnLine): LineSplitter => {
  const pieces = createPieces(maxLineBytes)
  const handOver = (bytes: Buffer, from: number, at: number, proper: boolean): void => {
    const cut = at - from > maxLineBytes
    onLine({ bytes, from, to: cut ? Math.min(at, from + keptBytes) : at, cut, proper: proper && !cut })
  }
  return {
    write(chunk) {
      const first = chunk.indexOf(lineFeed)
      if (first === -1) {
        pieces.add(chunk)
        return
      }
      pieces.add(chunk.subarray(0, first))
      onLine(pieces.take())
      const last = chunk.lastIndexOf(lineFeed)
      // Asked once for all lines that are whole in this chunk: for each it would take as long as for all.
      const proper = last > first && isUtf8(chunk.subarray(first + 1, last))
      for (let from = first + 1; from <= last; ) {
        const at = chunk.indexOf(lineFeed, from)
        handOver(chunk, from, at, proper)
        from = at + 1
      }
      if (last + 1 < chunk.length) pieces.add(chunk.subarray(last + 1))
    },
    end() {
      if (pieces.length > 0) onLine(pieces.take())
    },
  }
}
