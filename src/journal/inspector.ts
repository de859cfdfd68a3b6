import { PromptmillError } from '../core/errors.js'
import { refuseNewer } from './follow.js'
import { findLineFault, readChecksum, readSeq } from './record-line.js'
import { readView } from './record-view.js'
import type { Insert, Patch } from './repair.js'
import { findWholeRecords } from './salvage.js'
import { segmentName } from './segment.js'

/**
 * `checksum`: a line is not as it was written; `no_record`: it is no record at all; `misplaced`: a whole record whose
 * number has been; `conflict`: another record has its number; `missing`: numbers are left out.
 */
export type DamageKind = 'checksum' | 'no_record' | 'misplaced' | 'conflict' | 'missing'

/** One or more lines in a row that are not as they were written, or a place where records are missing. */
export interface JournalDamage {
  readonly segment: number
  /** The first line, counted from 1, and how many there are. */
  readonly line: number
  lines: number
  /** Of the first byte, and how many there are. */
  readonly offset: number
  bytes: number
  readonly kind: DamageKind
  readonly reason: string
  /** Records that are nowhere else: the number of the first, and how many. */
  lost: { readonly first: number; readonly count: number } | undefined
}

/** A record in an earlier segment that a later one should repeat. */
interface Copy {
  readonly segment: number
  readonly line: number
  readonly offset: number
  readonly length: number
  readonly checksum: string
}

const faultOf = (line: Buffer): string | undefined =>
  findLineFault(line) ?? (readSeq(line) === undefined ? 'the record has no number' : undefined)

const kindOf = (fault: string): DamageKind => (fault.includes('checksum does not match') ? 'checksum' : 'no_record')

const unknownKind = (segment: number, offset: number): PromptmillError =>
  new PromptmillError(
    'not_a_run',
    `${segmentName(segment)}, byte ${offset}: this version does not know such a record`,
    {
      hint: 'The record is whole, so a newer version wrote it. Update promptmill',
    },
  )

const createPatches = () => {
  const patches = new Map<number, Patch[]>()
  return {
    add(segment: number, patch: Patch): void {
      const list = patches.get(segment)
      if (list === undefined) patches.set(segment, [patch])
      else list.push(patch)
    },
    all(): ReadonlyMap<number, readonly Patch[]> {
      for (const list of patches.values()) list.sort((a, b) => a.from - b.from)
      return patches
    },
  }
}

/** Follows the numbers of a journal over whatever is damaged, and notes what would mend it. */
export const createInspector = () => {
  const copies = new Map<number, Copy>()
  const damage: JournalDamage[] = []
  const patches = createPatches()
  let [segment, bound, size, line] = [0, 0, 0, 0]
  let next = 1
  let records = 0
  /** The damaged lines right before this one. */
  let region: JournalDamage | undefined

  const note = (
    facts: Pick<JournalDamage, 'offset' | 'bytes' | 'kind' | 'reason'>,
    at: Pick<JournalDamage, 'segment' | 'line'> = { segment, line },
  ): JournalDamage => {
    const { offset, bytes, kind, reason } = facts
    const lines = bytes === 0 ? 0 : 1
    const found = { segment: at.segment, line: at.line, lines, offset, bytes, kind, reason, lost: undefined }
    damage.push(found)
    return found
  }
  /** Where a line ends, its newline included: the last one of a segment may lack it. */
  const endOf = (bytes: Buffer, offset: number): number => Math.min(offset + bytes.length + 1, size)
  /** What stands for the records before this number: copies of them, and a note of those that are lost. */
  const fill = (seq: number): Insert[] => {
    // The rule. To look through all copies for each record would take the square of their number.
    if (seq === next) return []
    const inserts: Insert[] = []
    for (const known of [...[...copies.keys()].filter(n => n >= next && n < seq).sort((a, b) => a - b), seq]) {
      if (known > next) inserts.push({ kind: 'lost', seq: next, count: known - next })
      const copy = copies.get(known)
      if (known < seq && copy !== undefined) {
        inserts.push({ kind: 'line', segment: copy.segment, offset: copy.offset, length: copy.length })
        copies.delete(known)
        records += 1
        next = known + 1
      }
    }
    return inserts
  }
  const tellLost = (found: JournalDamage, inserts: readonly Insert[]): void => {
    for (const insert of inserts) {
      if (insert.kind !== 'lost') continue
      found.lost = { first: found.lost?.first ?? insert.seq, count: (found.lost?.count ?? 0) + insert.count }
    }
  }
  /** The later copy counts: the earlier one is in its way. */
  const dropConflict = (seq: number, copy: Copy): void => {
    const { offset, length } = copy
    note({ offset, bytes: length + 1, kind: 'conflict', reason: `another record has the number ${seq} too` }, copy)
    patches.add(copy.segment, { from: offset, to: offset + length + 1, insert: [] })
  }
  /** Takes a whole record. Returns what has to go before it; undefined when its number has been. */
  const accept = (bytes: Buffer, offset: number): readonly Insert[] | undefined => {
    const seq = readSeq(bytes) ?? 0
    const checksum = readChecksum(bytes)
    const copy = copies.get(seq)
    if (copy !== undefined && copy.checksum !== checksum) dropConflict(seq, copy)
    if (seq >= bound) {
      copies.set(seq, { segment, line, offset, length: bytes.length, checksum })
      return []
    }
    if (seq < next) return undefined
    const view = readView(bytes, seq)
    if (view === undefined) throw unknownKind(segment, offset)
    if (view.kind === 'run') refuseNewer(view.record().format, view.record().version)
    const inserts = fill(seq)
    copies.delete(seq)
    records += 1
    next = seq + (view.kind === 'lost' ? view.record().count : 1)
    return inserts
  }

  return {
    begin(of: { readonly segment: number; readonly bound: number; readonly size: number }): void {
      ;[segment, bound, size, line, region] = [of.segment, of.bound, of.size, 0, undefined]
    },
    /** Whether later segments hold all that follows: the rest of this one means nothing. */
    takenOver: (): boolean => next >= bound,
    /** Takes a line that is a whole record; false for any other. */
    takeGood(bytes: Buffer, offset: number): boolean {
      if (faultOf(bytes) !== undefined) return false
      line += 1
      const inserts = accept(bytes, offset)
      if (inserts === undefined) {
        const to = endOf(bytes, offset)
        note({
          offset,
          bytes: to - offset,
          kind: 'misplaced',
          reason: 'a record with this number stands before it',
        })
        patches.add(segment, { from: offset, to, insert: [] })
      } else if (inserts.length > 0) {
        patches.add(segment, { from: offset, to: offset, insert: inserts })
        tellLost(region ?? note({ offset, bytes: 0, kind: 'missing', reason: 'records are missing here' }), inserts)
      }
      region = undefined
      return true
    },
    /** Takes a line that is no whole record, and finds those within it; false for a whole one. */
    takeBad(bytes: Buffer, offset: number): boolean {
      const fault = faultOf(bytes)
      if (fault === undefined) return false
      line += 1
      const to = endOf(bytes, offset)
      if (region === undefined) region = note({ offset, bytes: to - offset, kind: kindOf(fault), reason: fault })
      else {
        region.lines += 1
        region.bytes += to - offset
      }
      const insert: Insert[] = []
      for (const piece of findWholeRecords(bytes)) {
        const at = offset + piece.from
        const before = accept(bytes.subarray(piece.from, piece.to), at)
        if (before === undefined) continue
        tellLost(region, before)
        insert.push(...before, { kind: 'line', segment, offset: at, length: piece.to - piece.from })
      }
      patches.add(segment, { from: offset, to, insert })
      return true
    },
    /** At the journal's end: copies that nothing repeats take their place there. */
    finish(end: { readonly segment: number; readonly offset: number }) {
      const last = Math.max(0, ...copies.keys())
      if (last >= next) {
        const insert = fill(last + 1)
        patches.add(end.segment, { from: end.offset, to: end.offset, insert })
        tellLost(note({ offset: end.offset, bytes: 0, kind: 'missing', reason: 'records are missing here' }), insert)
      }
      return { records, damage, patches: patches.all() }
    },
  }
}
