import fs from 'node:fs'
import type { JournalPosition, JournalRecord } from '../core/records.js'
import { journalDamaged } from './damage.js'
import { asDiskFailure } from './disk-failure.js'
import { decodeRecord } from './record-line.js'
import { type RecordPlace, segmentPath, toPlace } from './segment.js'

/** Reads single records by their position. */
export interface RecordReader {
  /**
   * Synchronous, because a projection reads millions of records that are mostly in memory already.
   * @throws PromptmillError `journal_damaged` when no record stands there, `disk` when the file cannot be read
   */
  read(position: JournalPosition): JournalRecord
  close(): void
}

const blockBytes = 2 ** 18
/** Rows are answered nearly, but not quite, in the order in which they are read back. */
const cachedBlocks = 8
const newline = 10

/** The segments of a folder, opened when they are first read. */
const createSegments = (folder: string) => {
  const descriptors = new Map<number, number>()
  return {
    /** Fills as much of the buffer as the file has from there. */
    fill(buffer: Buffer, { segment, offset }: RecordPlace): Buffer {
      const fd = descriptors.get(segment) ?? fs.openSync(segmentPath(folder, segment), 'r')
      descriptors.set(segment, fd)
      return buffer.subarray(0, fs.readSync(fd, buffer, 0, buffer.length, offset))
    },
    close(): void {
      for (const fd of descriptors.values()) fs.closeSync(fd)
      descriptors.clear()
    },
  }
}

type Segments = ReturnType<typeof createSegments>

/** Numbers the blocks of all segments: a segment of 2⁴⁰ bytes has 2²² of them. */
const keyOf = ({ segment, offset }: RecordPlace): number => segment * 2 ** 22 + Math.floor(offset / blockBytes)

/** The blocks that were used last. */
const createBlocks = (segments: Segments) => {
  const blocks = new Map<number, Buffer>()
  /** Many records in a row stand in one block: those after the first find it here. */
  let last: { readonly key: number; readonly block: Buffer } | undefined

  const load = (key: number, place: RecordPlace): Buffer => {
    const [oldest] = blocks.size < cachedBlocks ? [] : blocks
    if (oldest !== undefined) blocks.delete(oldest[0])
    // The memory of the block that goes is used again; a short one is a part of its memory only.
    const memory = oldest?.[1].length === blockBytes ? oldest[1] : Buffer.allocUnsafeSlow(blockBytes)
    const block = segments.fill(memory, { ...place, offset: place.offset - (place.offset % blockBytes) })
    blocks.set(key, block)
    return block
  }

  return {
    /** The block around a byte, as long as the file was when it was read. */
    around(place: RecordPlace): Buffer {
      const key = keyOf(place)
      if (last?.key === key) return last.block
      const known = blocks.get(key)
      const block = known ?? load(key, place)
      if (known !== undefined) {
        blocks.delete(key)
        blocks.set(key, known)
      }
      last = { key, block }
      return block
    },
    /** Forgets a block: the file may have grown since. */
    forget(place: RecordPlace): void {
      blocks.delete(keyOf(place))
      last = undefined
    },
  }
}

/** Reads a line that no block holds whole, by itself. */
const readLongLine = (segments: Segments, place: RecordPlace): Buffer => {
  for (let size = blockBytes / 4; ; size *= 4) {
    const bytes = segments.fill(Buffer.allocUnsafe(size), place)
    const end = bytes.indexOf(newline)
    if (end !== -1) return bytes.subarray(0, end)
    if (bytes.length < size) return bytes
  }
}

/** Opens a run folder's journal for reading single records, also while it is being written. Close it after use. */
export const createRecordReader = (folder: string): RecordReader => {
  const segments = createSegments(folder)
  const blocks = createBlocks(segments)

  const readLine = (place: RecordPlace): Buffer => {
    const from = place.offset % blockBytes
    const find = (block: Buffer): Buffer | undefined => {
      const end = from < block.length ? block.indexOf(newline, from) : -1
      return end === -1 ? undefined : block.subarray(from, end)
    }
    const block = blocks.around(place)
    const line = find(block)
    if (line !== undefined || block.length === blockBytes) return line ?? readLongLine(segments, place)
    // The file has grown since: who follows the writing reads at its end again and again.
    blocks.forget(place)
    return find(blocks.around(place)) ?? readLongLine(segments, place)
  }

  return {
    read(position) {
      const place = toPlace(position)
      let line: Buffer
      try {
        line = readLine(place)
      } catch (error) {
        throw asDiskFailure(`The journal in ${folder} cannot be read`, error)
      }
      const decoded = decodeRecord(line)
      if (!decoded.ok) throw journalDamaged({ folder, ...place, reason: decoded.reason })
      return decoded.record
    },
    close: () => segments.close(),
  }
}
