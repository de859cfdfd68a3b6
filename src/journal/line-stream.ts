import type { FileLayer } from './file-layer.js'

/** Large enough that the system calls cost little beside the checksums. */
const chunkBytes = 2 ** 20
const newline = 10

export interface LineStream {
  /** The byte to begin with, the first of a line. */
  readonly from: number
  /** Gets each whole line without its newline; the bytes are good during the call only. Returns false to stop. */
  readonly onLine: (line: Buffer, offset: number) => boolean
}

export interface LinesEnd {
  /** The line that was stopped at, or the first byte after the last newline. */
  readonly offset: number
  readonly stopped: boolean
  /** What follows the last newline: a line that is not whole. Empty when stopped. */
  readonly rest: Buffer
}

/** Visits the lines in a buffer; returns the first byte that was not taken, and whether the visitor stopped there. */
const takeLines = (chunk: Buffer, onLine: (line: Buffer, at: number) => boolean) => {
  let taken = 0
  for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, taken)) {
    if (!onLine(chunk.subarray(taken, end), taken)) return { taken, stopped: true }
    taken = end + 1
  }
  return { taken, stopped: false }
}

/** Streams the lines of a file with the memory of a chunk, or of the longest line. */
export const forEachLine = async (files: FileLayer, fd: number, { from, onLine }: LineStream): Promise<LinesEnd> => {
  let buffer = Buffer.allocUnsafe(chunkBytes)
  let start = from
  let filled = 0
  for (;;) {
    const range = { offset: filled, length: buffer.length - filled, position: start + filled }
    const read = await files.read(fd, buffer, range)
    if (read === 0) return { offset: start, stopped: false, rest: buffer.subarray(0, filled) }
    const chunk = buffer.subarray(0, filled + read)
    const base = start
    // Without a newline among the new bytes there is no line to take: a long line is not searched again and again.
    const fresh = chunk.includes(newline, filled)
    const { taken, stopped } = fresh
      ? takeLines(chunk, (line, at) => onLine(line, base + at))
      : { taken: 0, stopped: false }
    start += taken
    if (stopped) return { offset: start, stopped, rest: Buffer.alloc(0) }
    filled = chunk.length - taken
    const target = filled === buffer.length ? Buffer.allocUnsafe(buffer.length * 2) : buffer
    chunk.copy(target, 0, taken)
    buffer = target
  }
}
