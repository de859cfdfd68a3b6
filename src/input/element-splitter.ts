import { createPieces, type Span } from './line-splitter.js'

/** Takes an element, and the line of the file on which it begins. */
export type OnElement = (element: Span, line: number) => void

/** Where an array stops being one. */
export class ArrayFault extends Error {
  constructor(
    readonly kind: 'no array' | 'never closed' | 'more after the end' | 'no element',
    /** Line of the file, counted from 1. */
    readonly line: number,
    /** What stands there, for `no array`: the first byte. */
    readonly byte = 0,
  ) {
    super(kind)
  }
}

/** Cuts the bytes of one JSON array, which come in pieces, into its elements. */
export interface ElementSplitter {
  /** @throws ArrayFault */
  write(chunk: Buffer): void
  /** @throws ArrayFault when the array has not ended */
  end(): void
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openArray = 0x5b
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
const lineFeed = 0x0a

const isSpace = (byte: number): boolean => byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09

/** Counts the lines of a text that is walked through, by leaps from one LF to the next. */
const createLines = () => {
  let line = 1
  let next = -1
  let chunk: Buffer = Buffer.alloc(0)
  const passTo = (at: number): number => {
    while (next !== -1 && next < at) {
      line++
      next = chunk.indexOf(lineFeed, next + 1)
    }
    return line
  }
  return {
    /** The line on which the byte at `at` stands; asked for in the order of the text. */
    passTo,
    begin(following: Buffer): void {
      passTo(chunk.length)
      chunk = following
      next = chunk.indexOf(lineFeed)
    },
  }
}

/** What may stand next: the array, an element or the end, an element, something of an element, nothing. */
type Expected = 'array' | 'first' | 'element' | 'inside' | 'nothing'

/**
 * Finds where the elements begin and end, and leaves to others whether they are JSON: brackets are counted, strings are
 * leapt over. An element that is broken spoils itself alone as long as its brackets and quotes are in pairs.
 */
export const createElementSplitter = (maxElementBytes: number, onElement: OnElement): ElementSplitter => {
  const lines = createLines()
  const pieces = createPieces(maxElementBytes)
  let expected: Expected = 'array'
  let depth = 0
  let inString = false
  let escaped = false
  let startLine = 1

  /** From within a string to the byte after it, or to the end of the chunk. */
  const leaveString = (chunk: Buffer, from: number): number => {
    let at = from
    while (at < chunk.length) {
      if (escaped) {
        escaped = false
        at++
        continue
      }
      const close = chunk.indexOf(quote, at)
      const end = close === -1 ? chunk.length : close
      // Backslashes right before the quote: an odd number escapes it.
      let slashes = 0
      while (end - slashes > at && chunk[end - slashes - 1] === backslash) slashes++
      if (close === -1) {
        escaped = slashes % 2 === 1
        return chunk.length
      }
      at = close + 1
      if (slashes % 2 === 1) continue
      inString = false
      return at
    }
    return at
  }
  const finish = (chunk: Buffer, from: number, at: number): void => {
    pieces.add(chunk.subarray(from, at))
    onElement(pieces.take(), startLine)
  }
  /** What stands between elements. Tells whether it is the first byte of one. */
  const seeOutside = (byte: number, line: number): boolean => {
    if (expected === 'nothing') throw new ArrayFault('more after the end', line)
    if (expected === 'array') {
      if (byte !== openArray) throw new ArrayFault('no array', line, byte)
      expected = 'first'
      return false
    }
    if (byte === closeArray && expected === 'first') {
      expected = 'nothing'
      return false
    }
    if (byte === comma || byte === closeArray) throw new ArrayFault('no element', line)
    expected = 'inside'
    startLine = line
    return true
  }
  /** Walks on in an element until it ends or the chunk does, and returns where to go on. */
  const walkInside = (chunk: Buffer, from: number): number => {
    let at = inString ? leaveString(chunk, from) : from
    while (at < chunk.length) {
      const byte = chunk[at]
      if (byte === quote) {
        inString = true
        at = leaveString(chunk, at + 1)
        continue
      }
      if (depth === 0 && (byte === comma || byte === closeArray)) {
        finish(chunk, from, at)
        expected = byte === comma ? 'element' : 'nothing'
        return at + 1
      }
      if (byte === openObject || byte === openArray) depth++
      else if ((byte === closeObject || byte === closeArray) && depth > 0) depth--
      at++
    }
    pieces.add(chunk.subarray(from))
    return at
  }
  return {
    write(chunk) {
      lines.begin(chunk)
      let at = 0
      while (at < chunk.length) {
        if (expected === 'inside') {
          at = walkInside(chunk, at)
          continue
        }
        const byte = chunk[at] ?? 0
        // An element is walked through from its first byte.
        if (isSpace(byte) || !seeOutside(byte, lines.passTo(at))) at++
      }
    },
    end() {
      lines.begin(Buffer.alloc(0))
      if (expected === 'array') throw new ArrayFault('no array', 1)
      if (expected !== 'nothing')
        throw new ArrayFault('never closed', expected === 'inside' ? startLine : lines.passTo(0))
    },
  }
}
