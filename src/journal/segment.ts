import path from 'node:path'
import type { JournalPosition } from '../core/records.js'

/** A segment holds less than this many bytes, so that segment and offset fit one number a double holds exactly. */
const segmentSpan = 2 ** 40

/** `segment * 2**40 + offset` of a record's first byte. Segments are counted from 1. */
export const toPosition = (segment: number, offset: number): JournalPosition => segment * segmentSpan + offset

export interface RecordPlace {
  readonly segment: number
  /** Byte offset of the record's first byte in its segment. */
  readonly offset: number
}

export const toPlace = (position: JournalPosition): RecordPlace => ({
  segment: Math.floor(position / segmentSpan),
  offset: position % segmentSpan,
})

/** `journal-0001.jsonl`, … */
export const segmentName = (segment: number): string => `journal-${String(segment).padStart(4, '0')}.jsonl`

export const segmentPath = (folder: string, segment: number): string => path.join(folder, segmentName(segment))

/** Numbers of the segments among a folder's file names, ascending. */
export const toSegments = (names: readonly string[]): number[] =>
  names
    .map(name => Number(/^journal-(\d{4,})\.jsonl$/.exec(name)?.[1] ?? 0))
    .filter(segment => segment > 0)
    .sort((a, b) => a - b)
