/** Takes a line without its LF; `cut` when it was longer than the limit and only its beginning is here. */
export type OnLine = (line: Buffer, cut: boolean) => void

/** Cuts bytes that come in pieces into lines. */
export interface LineSplitter {
  write(chunk: Buffer): void
  /** Hands over the last line, if no LF follows it. */
  end(): void
}

/** What is kept of a line that is too long. */
const keptBytes = 4096

const lineFeed = 0x0a

/**
 * Cuts at LF bytes alone, before anything is decoded: U+2028 and U+2029 end no line, and a byte that is no text
 * spoils its own line only. A line longer than `maxLineBytes` is dropped while it is read, not held.
 */
export const createLineSplitter = (maxLineBytes: number, onLine: OnLine): LineSplitter => {
  let parts: Buffer[] = []
  let length = 0
  const add = (part: Buffer): void => {
    const wasCut = length > maxLineBytes
    length += part.length
    if (wasCut) return
    parts.push(part)
    if (length > maxLineBytes) parts = [Buffer.concat(parts, Math.min(length, keptBytes))]
  }
  const flush = (): void => {
    const [first = Buffer.alloc(0)] = parts
    onLine(parts.length > 1 ? Buffer.concat(parts) : first, length > maxLineBytes)
    parts = []
    length = 0
  }
  return {
    write(chunk) {
      let from = 0
      for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
        add(chunk.subarray(from, at))
        flush()
        from = at + 1
      }
      if (from < chunk.length) add(chunk.subarray(from))
    },
    end() {
      if (length > 0) flush()
    },
  }
}
