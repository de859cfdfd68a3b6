import { PromptmillError } from '../core/errors.js'
import { type JournalPosition, journalFormat } from '../core/records.js'
import { findLineFault, readChecksum, readSeq } from './record-line.js'
import { type RecordView, readView } from './record-view.js'
import { type RecordPlace, toPosition } from './segment.js'

/** Gets the records one by one. A view is good during the call only. */
export type RecordVisitor = (record: RecordView, position: JournalPosition) => void

/** Where a line stands, and the number from which on later segments hold the records. */
export interface LinePlace extends RecordPlace {
  readonly bound: number
}

export interface Follower {
  /** The number that the next record must have. */
  readonly next: number
  /** Hands a line's record on; says why not when the line is not the next record. */
  take(line: Buffer, place: LinePlace): string | undefined
  /** A record of an earlier segment that no later one repeats although it should. */
  missing(): number | undefined
}

/** @throws PromptmillError `not_a_run` for a format that this version does not know */
export const refuseNewer = (format: number, version: string): void => {
  if (format <= journalFormat) return
  throw new PromptmillError('not_a_run', `The journal was written by a newer version (promptmill ${version})`, {
    hint: 'Update promptmill, or give another --output',
  })
}

/**
 * Follows the numbers from record to record, over segments that overlap. When a sync fails, what it should have made
 * durable is written again into a new segment, under the same numbers: the later copy counts, and must be the same.
 */
export const createFollower = (onRecord: RecordVisitor): Follower => {
  const superseded = new Map<number, string>()
  let next = 1

  /** Whether a record is the same as its copy in an earlier segment, if there is one. */
  const agrees = (seq: number, line: Buffer): boolean => {
    if (superseded.size === 0) return true
    const earlier = superseded.get(seq)
    return earlier === undefined || earlier === readChecksum(line)
  }

  return {
    get next() {
      return next
    },
    take(line, { segment, offset, bound }) {
      const fault = findLineFault(line)
      if (fault !== undefined) return fault
      const seq = readSeq(line)
      if (seq === undefined) return 'the record has no number'
      if (!agrees(seq, line)) return `another record has the number ${seq} too`
      if (seq >= bound) {
        superseded.set(seq, readChecksum(line))
        return undefined
      }
      if (seq !== next) return `record ${next} was expected, but record ${seq} stands here`
      const view = readView(line, seq)
      if (view === undefined) return 'this version does not know the kind of record'
      if (view.kind === 'run') refuseNewer(view.record().format, view.record().version)
      superseded.delete(seq)
      next += view.kind === 'lost' ? view.record().count : 1
      onRecord(view, toPosition(segment, offset))
      return undefined
    },
    missing() {
      let first: number | undefined
      // One by one: as arguments of a call there may be more than the stack takes.
      for (const seq of superseded.keys()) first = Math.min(first ?? seq, seq)
      return first
    },
  }
}
