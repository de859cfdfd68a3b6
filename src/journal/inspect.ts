import { asDiskFailure } from './disk-failure.js'
import { type FileLayer, systemFiles, withFile } from './file-layer.js'
import { createInspector, type JournalDamage } from './inspector.js'
import { forEachLine } from './line-stream.js'
import { findLineFault, readSeq } from './record-line.js'
import type { Patch } from './repair.js'
import { listSegments } from './scan.js'
import { segmentPath } from './segment.js'
import { isTorn } from './tail.js'

/** What a journal is found to be. */
export interface Inspection {
  readonly segments: number
  readonly records: number
  readonly bytes: number
  /** In the order of the journal; empty when it is as it was written. */
  readonly damage: readonly JournalDamage[]
  /** The beginning of a write that a crash cut off, at the journal's end: the next session puts it aside. */
  readonly torn: { readonly segment: number; readonly offset: number; readonly bytes: number } | undefined
  /** What would mend it, by segment. */
  readonly patches: ReadonlyMap<number, readonly Patch[]>
}

/** The number of the first record in a segment that is whole; undefined when there is none. */
const readFirstGood = (files: FileLayer, path: string): Promise<number | undefined> =>
  withFile(files, { path, flags: 'r' }, async fd => {
    let first: number | undefined
    const look = (line: Buffer): boolean => {
      if (findLineFault(line) === undefined) first = readSeq(line)
      return first === undefined
    }
    const { rest, stopped } = await forEachLine(files, fd, { from: 0, onLine: look })
    if (!stopped && rest.length > 0) look(rest)
    return first
  })

/** For each segment the number from which on later ones hold the records. */
const readBounds = async (files: FileLayer, folder: string, segments: readonly number[]): Promise<number[]> => {
  const bounds: number[] = []
  let bound = Number.POSITIVE_INFINITY
  for (const segment of segments.toReversed()) {
    bounds.unshift(bound)
    bound = Math.min(bound, (await readFirstGood(files, segmentPath(folder, segment))) ?? bound)
  }
  return bounds
}

const inspectAll = async (files: FileLayer, folder: string): Promise<Inspection> => {
  const segments = await listSegments(files, folder)
  const bounds = await readBounds(files, folder, segments)
  const inspector = createInspector()
  let bytes = 0
  let torn: Inspection['torn']
  let end = { segment: 1, offset: 0 }

  const inspectSegment = (segment: number, bound: number): Promise<void> =>
    withFile(files, { path: segmentPath(folder, segment), flags: 'r' }, async fd => {
      const { size } = await files.stat(fd)
      bytes += size
      end = { segment, offset: size }
      inspector.begin({ segment, bound, size })
      // Stopped at the first line of each damaged stretch: what is torn off the journal's end is no damage.
      for (let from = 0; from < size; ) {
        const { offset, rest, stopped } = await forEachLine(files, fd, { from, onLine: inspector.takeGood })
        if (!stopped && (rest.length === 0 || inspector.takeGood(rest, offset))) return
        if (inspector.takenOver()) return
        if (bound === Number.POSITIVE_INFINITY && (await isTorn(files, fd, offset))) {
          torn = { segment, offset, bytes: size - offset }
          end = { segment, offset }
          return
        }
        const stretch = await forEachLine(files, fd, { from: offset, onLine: inspector.takeBad })
        const isBad = stretch.rest.length > 0 && inspector.takeBad(stretch.rest, stretch.offset)
        from = isBad ? size : stretch.offset
      }
    })

  for (const [index, segment] of segments.entries()) {
    await inspectSegment(segment, bounds[index] ?? Number.POSITIVE_INFINITY)
  }
  const { records, damage, patches } = inspector.finish(end)
  return { segments: segments.length, records, bytes, damage, torn, patches }
}

/**
 * Reads a run folder's journal to its end, whatever is wrong with it, and says what is. Reads only, and needs no lock:
 * what another process has half written looks torn.
 * @throws PromptmillError `not_a_run` for records of a newer version, `disk` when a file cannot be read
 */
export const inspectJournal = async (folder: string, files: FileLayer = systemFiles): Promise<Inspection> => {
  try {
    return await inspectAll(files, folder)
  } catch (error) {
    throw asDiskFailure(`The journal in ${folder} cannot be read`, error)
  }
}
