import { type Clock, systemClock } from '../core/clock.js'
import { asDiskFailure } from './disk-failure.js'
import { type FileLayer, systemFiles, withFile, writeWhole } from './file-layer.js'
import { inspectJournal } from './inspect.js'
import { encodeRecord } from './record-line.js'
import { scanJournal } from './scan.js'
import { segmentPath } from './segment.js'
import { openAside, repairTail } from './tail.js'

/** What is put into a segment: a line that stands elsewhere, or a note of records that stand nowhere. */
export type Insert =
  | { readonly kind: 'line'; readonly segment: number; readonly offset: number; readonly length: number }
  | { readonly kind: 'lost'; readonly seq: number; readonly count: number }

/** The bytes from `from` up to `to` go aside, and the inserts take their place. */
export interface Patch {
  readonly from: number
  readonly to: number
  readonly insert: readonly Insert[]
}

/** What was moved where. */
export interface RepairedSegment {
  readonly segment: number
  /** The file with the damaged bytes; undefined when nothing had to go. */
  readonly aside: string | undefined
  readonly bytes: number
  /** Records that are nowhere else: the journal says so in their place. */
  readonly lost: number
}

const chunkBytes = 2 ** 20

/** Appends to a file that is being written. */
interface Target {
  readonly fd: number
  size: number
  /** Whether what was written last is a line without its newline. */
  openLine: boolean
}

const newline = Buffer.from('\n')

interface Work {
  readonly files: FileLayer
  readonly folder: string
  readonly at: number
}

const append = async (files: FileLayer, target: Target, buffer: Buffer): Promise<void> => {
  await writeWhole(files, target.fd, { buffer, position: target.size })
  target.size += buffer.length
  target.openLine = buffer.at(-1) !== newline[0]
}

/** Copies a range of a file, as far as the file goes. */
const copyRange = async (
  files: FileLayer,
  target: Target,
  { fd, from, to }: { fd: number; from: number; to: number },
): Promise<void> => {
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, to - from))
  for (let position = from; position < to; ) {
    const length = Math.min(buffer.length, to - position)
    const read = await files.read(fd, buffer, { offset: 0, length, position })
    if (read === 0) return
    await append(files, target, buffer.subarray(0, read))
    position += read
  }
}

const writeInsert = async ({ files, folder, at }: Work, target: Target, insert: Insert): Promise<void> => {
  // The last line of a segment that was cut short may be whole but for that.
  if (target.openLine) await append(files, target, newline)
  if (insert.kind === 'lost') {
    return append(files, target, encodeRecord(insert.seq, { kind: 'lost', at, count: insert.count }))
  }
  await withFile(files, { path: segmentPath(folder, insert.segment), flags: 'r' }, fd =>
    copyRange(files, target, { fd, from: insert.offset, to: insert.offset + insert.length }),
  )
  await append(files, target, newline)
}

/** Puts what the patches take out into a file of its own, to the disk; undefined when they take nothing out. */
const saveAside = async (
  work: Work,
  { fd, segment, patches }: { fd: number; segment: number; patches: readonly Patch[] },
) => {
  const { files, folder } = work
  if (patches.every(({ from, to }) => from === to)) return { path: undefined, size: 0 }
  const aside = await openAside(files, segmentPath(folder, segment), 'damaged')
  const target = { fd: aside.fd, size: 0, openLine: false }
  try {
    for (const { from, to } of patches) await copyRange(files, target, { fd, from, to })
    await files.datasync(aside.fd)
  } finally {
    await files.close(aside.fd)
  }
  return { path: aside.path, size: target.size }
}

/** Writes the mended segment beside its place and moves it there: until then everything is as it was. */
const repairSegment = async (work: Work, segment: number, patches: readonly Patch[]): Promise<RepairedSegment> => {
  const { files, folder } = work
  const path = segmentPath(folder, segment)
  const temporary = `${path}.tmp`
  const aside = await withFile(files, { path, flags: 'r' }, async fd => {
    const saved = await saveAside(work, { fd, segment, patches })
    await withFile(files, { path: temporary, flags: 'w' }, async mended => {
      const target = { fd: mended, size: 0, openLine: false }
      let position = 0
      for (const { from, to, insert } of patches) {
        await copyRange(files, target, { fd, from: position, to: from })
        for (const each of insert) await writeInsert(work, target, each)
        position = to
      }
      await copyRange(files, target, { fd, from: position, to: Number.POSITIVE_INFINITY })
      await files.datasync(mended)
    })
    return saved
  })
  await files.syncFolder(folder)
  await files.rename(temporary, path)
  await files.syncFolder(folder)
  const lost = patches
    .flatMap(({ insert }) => insert)
    .reduce((sum, each) => sum + (each.kind === 'lost' ? each.count : 0), 0)
  return { segment, aside: aside.path, bytes: aside.size, lost }
}

export interface RepairOptions {
  readonly files?: FileLayer
  readonly clock?: Pick<Clock, 'wall'>
}

/**
 * Mends a damaged journal: moves what is not as it was written into files beside the segments, `journal-0001.damaged-1`
 * and so on, and notes in the place of records that are nowhere else that they are lost. Every other record stays as it
 * is. Killed at any point it can be run again. Only the holder of the folder's lock may do it.
 * @throws PromptmillError `not_a_run` for records of a newer version, `disk`
 */
export const repairJournal = async (
  folder: string,
  options: RepairOptions = {},
): Promise<readonly RepairedSegment[]> => {
  const { files = systemFiles, clock = systemClock } = options
  const { patches, torn } = await inspectJournal(folder, files)
  const work = { files, folder, at: clock.wall() }
  const repaired: RepairedSegment[] = []
  try {
    // First, so that what is left of a segment's only line does not pass for its beginning.
    if (torn !== undefined) await repairTail(files, folder, { ...torn, state: 'torn' })
    // From the last to the first: lines are taken from earlier segments, which are then still as they were found.
    for (const [segment, list] of [...patches].toSorted(([a], [b]) => b - a)) {
      repaired.unshift(await repairSegment(work, segment, list))
    }
    const { tail } = await scanJournal(folder, () => undefined, { files })
    if (tail !== undefined) await repairTail(files, folder, tail)
    return repaired
  } catch (error) {
    throw asDiskFailure(`The journal in ${folder} cannot be mended`, error)
  }
}
