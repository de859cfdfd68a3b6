import { systemCode } from '../core/errors.js'
import { journalDamaged } from './damage.js'
import { asDiskFailure } from './disk-failure.js'
import { type FileLayer, systemFiles, withFile } from './file-layer.js'
import { createFollower, type Follower, type RecordVisitor } from './follow.js'
import { forEachLine } from './line-stream.js'
import { readSeq } from './record-line.js'
import { segmentPath, toSegments } from './segment.js'
import { isTorn, type JournalTail } from './tail.js'

/** What a scan came to: where the journal goes on. */
export interface JournalEnd {
  /** The number the next record gets; one more than there are records. */
  readonly nextSeq: number
  /** The highest number of a segment, 0 when there is none. */
  readonly lastSegment: number
  /** Undefined when there is no segment. */
  readonly tail: JournalTail | undefined
}

export interface ScanOptions {
  readonly files?: FileLayer
}

/** A segment with something in it. */
interface Segment {
  readonly folder: string
  readonly segment: number
  /** Records with this number or a higher one stand, whole and synced, in a later segment. */
  readonly bound: number
}

/** The number a segment begins with: undefined for an empty file, infinity when what stands there is no record. */
const readFirstSeq = (files: FileLayer, path: string): Promise<number | undefined> =>
  withFile(files, { path, flags: 'r' }, async fd => {
    const head = Buffer.alloc(32)
    const read = await files.read(fd, head, { offset: 0, length: head.length, position: 0 })
    return read === 0 ? undefined : (readSeq(head.subarray(0, read)) ?? Number.POSITIVE_INFINITY)
  })

/** The numbers of the segments in a run folder, ascending; none where there is no folder. */
export const listSegments = async (files: FileLayer, folder: string): Promise<number[]> => {
  try {
    return toSegments(await files.list(folder))
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return []
    throw error
  }
}

const planSegments = async (files: FileLayer, folder: string, numbers: readonly number[]): Promise<Segment[]> => {
  const planned: Segment[] = []
  let bound = Number.POSITIVE_INFINITY
  for (const segment of numbers.toReversed()) {
    const firstSeq = await readFirstSeq(files, segmentPath(folder, segment))
    if (firstSeq === undefined) continue
    planned.push({ folder, segment, bound })
    bound = Math.min(bound, firstSeq)
  }
  return planned.toReversed()
}

/** Reads one segment to its end, or to where a later one takes over. */
const scanSegment = async (files: FileLayer, at: Segment, follower: Follower): Promise<JournalTail> => {
  const { folder, segment, bound } = at
  let line = 0
  let reason: string | undefined
  const take = (bytes: Buffer, offset: number): boolean => {
    line += 1
    reason = follower.take(bytes, { segment, offset, bound })
    return reason === undefined
  }
  return withFile(files, { path: segmentPath(folder, segment), flags: 'r' }, async fd => {
    const { offset, rest, stopped } = await forEachLine(files, fd, { from: 0, onLine: take })
    if (!stopped && rest.length === 0) return { segment, offset, state: 'clean' }
    if (!stopped && take(rest, offset)) return { segment, offset: offset + rest.length, state: 'unterminated' }
    const takenOver = follower.next >= bound
    const last = bound === Number.POSITIVE_INFINITY
    if (takenOver || (last && (await isTorn(files, fd, offset)))) return { segment, offset, state: 'torn' }
    throw journalDamaged({ folder, segment, line, offset, reason: reason ?? 'the line is not whole' })
  })
}

const scanAll = async (files: FileLayer, folder: string, onRecord: RecordVisitor): Promise<JournalEnd> => {
  const numbers = await listSegments(files, folder)
  const lastSegment = numbers.at(-1) ?? 0
  const follower = createFollower(onRecord)
  let tail: JournalTail | undefined =
    lastSegment === 0 ? undefined : { segment: lastSegment, offset: 0, state: 'clean' }
  for (const segment of await planSegments(files, folder, numbers)) {
    tail = await scanSegment(files, segment, follower)
    if (follower.next < segment.bound && segment.bound < Number.POSITIVE_INFINITY) {
      const reason = `record ${follower.next} is missing`
      throw journalDamaged({ folder, segment: segment.segment, offset: tail.offset, reason })
    }
  }
  const missing = follower.missing()
  if (missing !== undefined && tail !== undefined) {
    throw journalDamaged({ folder, ...tail, reason: `record ${missing} is missing` })
  }
  return { nextSeq: follower.next, lastSegment, tail }
}

/**
 * Streams all records of a run folder's journal in their order, with flat memory. Every checksum and every number is
 * verified; bodies are not parsed unless the visitor asks. Reads only, and needs no lock: what another process has
 * half written is not there yet. A missing folder or journal has no records.
 * @throws PromptmillError `journal_damaged` naming the place, `not_a_run` for a newer format, `disk` when a file cannot be read
 */
export const scanJournal = async (
  folder: string,
  onRecord: RecordVisitor,
  { files = systemFiles }: ScanOptions = {},
): Promise<JournalEnd> => {
  try {
    return await scanAll(files, folder, onRecord)
  } catch (error) {
    throw asDiskFailure(`The journal in ${folder} cannot be read`, error)
  }
}
