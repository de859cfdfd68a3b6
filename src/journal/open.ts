import os from 'node:os'
import { type Clock, systemClock } from '../core/clock.js'
import { systemCode } from '../core/errors.js'
import { asDiskFailure } from './disk-failure.js'
import { createEmergencyFile } from './emergency.js'
import { type FileLayer, systemFiles, withFile } from './file-layer.js'
import type { RecordVisitor } from './follow.js'
import { createReserve } from './reserve.js'
import { makeRunFolder } from './run-folder.js'
import { type JournalEnd, scanJournal } from './scan.js'
import { segmentPath } from './segment.js'
import { openSegmentFile } from './segment-file.js'
import { journalChanged, repairTail, type TailRepair } from './tail.js'
import { createWriter, type Writer } from './writer.js'

/** The write-ahead journal of a run folder, open for appending. Only the holder of the folder's lock may open it. */
export interface Journal extends Writer {
  /** What was mended at the journal's end when it was opened. */
  readonly repair: TailRepair | undefined
}

export interface JournalOptions {
  /** Gets every record that is there already: recovery and resume share one pass. Not together with `scanned`. */
  readonly onRecord?: RecordVisitor
  /** What an earlier `scanJournal` came to: the journal is not read again, and refused if it has changed since. */
  readonly scanned?: JournalEnd
  /** Called before a new segment is begun; rejects when the lock is lost. */
  readonly beforeSegment?: () => Promise<void>
  /** How long a commit waits for others to share its sync, in ms. 2 by default. */
  readonly lingerMs?: number
  /** Room set aside on the disk for what is in flight when it fills up. 1 MiB by default, 0 for none. */
  readonly reserveBytes?: number
  /** Where records go that the run folder cannot take. The system's folder for temporary files by default. */
  readonly emergencyFolder?: string
  readonly files?: FileLayer
  readonly clock?: Clock
}

/** Begins the first segment. Exclusive: one that another process has begun since is not taken for empty. */
const beginJournal = async (files: FileLayer, folder: string): Promise<void> => {
  try {
    await withFile(files, { path: segmentPath(folder, 1), flags: 'wx' }, () => Promise.resolve())
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? journalChanged(folder) : error
  }
  await files.syncFolder(folder)
}

const prepare = async (files: FileLayer, folder: string, options: JournalOptions) => {
  await makeRunFolder(files, folder)
  const end = options.scanned ?? (await scanJournal(folder, options.onRecord ?? (() => undefined), { files }))
  const { nextSeq, lastSegment, tail } = end
  if (tail === undefined) {
    await beginJournal(files, folder)
    return { nextSeq, place: { segment: 1, offset: 0, lastSegment: 1 }, repair: undefined }
  }
  const repair = await repairTail(files, folder, tail)
  const offset = tail.state === 'unterminated' ? tail.offset + 1 : tail.offset
  return { nextSeq, place: { segment: tail.segment, offset, lastSegment }, repair }
}

const open = async (folder: string, options: JournalOptions): Promise<Journal> => {
  const { files = systemFiles, clock = systemClock, lingerMs = 2, reserveBytes = 2 ** 20 } = options
  const { nextSeq, place, repair } = await prepare(files, folder, options)
  const reserve = await createReserve(files, folder, reserveBytes)
  const beforeSegment = options.beforeSegment ?? (() => Promise.resolve())
  const segment = await openSegmentFile(files, { folder, ...place, beforeSegment })
  const emergency = createEmergencyFile(files, options.emergencyFolder ?? os.tmpdir())
  return Object.assign(createWriter({ folder, segment, reserve, emergency, nextSeq, clock, lingerMs }), { repair })
}

/**
 * Opens a run folder's journal for appending, or begins it. Its end is mended before the first record is appended: a
 * last record that lacks only its newline is kept, what a crash cut off is put aside into `journal-0001.torn-1`.
 * @throws PromptmillError `journal_damaged` naming the record, `disk` when a file cannot be written,
 *   `not_a_run` for a newer format, `locked` when it changed after it was scanned
 */
export const openJournal = async (folder: string, options: JournalOptions = {}): Promise<Journal> => {
  try {
    return await open(folder, options)
  } catch (error) {
    throw asDiskFailure(`The journal in ${folder} cannot be opened`, error)
  }
}
