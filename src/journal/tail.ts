import { PromptmillError, systemCode } from '../core/errors.js'
import { type FileLayer, withFile, writeWhole } from './file-layer.js'
import { forEachLine } from './line-stream.js'
import { findLineFault } from './record-line.js'
import { segmentPath } from './segment.js'

/** How the last segment ends. */
export interface JournalTail {
  readonly segment: number
  /** One past the last good record: there the next one goes. */
  readonly offset: number
  /**
   * `unterminated`: the last record is whole and lacks only its newline. `torn`: what follows `offset` is the
   * beginning of a write that a crash cut off, never acknowledged.
   */
  readonly state: 'clean' | 'unterminated' | 'torn'
}

/**
 * Whether what stands from a byte to the end of a segment is the remains of a cut-off write. A crash leaves a line
 * without an end, or (when the machine goes down) blocks of zeros where data never reached the disk. Whole lines that
 * fail their checksum are something else: damage, even in the last record, which may have been acknowledged.
 */
export const isTorn = async (files: FileLayer, fd: number, from: number): Promise<boolean> => {
  let zeros = false
  let wholeLines = false
  const { rest, stopped } = await forEachLine(files, fd, {
    from,
    onLine: line => {
      wholeLines = true
      zeros ||= line.includes(0)
      return findLineFault(line) !== undefined
    },
  })
  if (stopped || (rest.length > 0 && findLineFault(rest) === undefined)) return false
  return !wholeLines || zeros
}

/** What was done to a segment's end when the journal was opened. */
export interface TailRepair {
  readonly segment: number
  readonly offset: number
  /** Where the cut-off bytes were put; undefined when only a newline was missing. */
  readonly copy: string | undefined
}

const chunkBytes = 2 ** 20

/** Copies the end of a file into another, to the disk. */
const copyEnd = async (files: FileLayer, fd: number, { from, to }: { from: number; to: number }): Promise<void> => {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  for (let copied = 0; ; ) {
    const read = await files.read(fd, buffer, { offset: 0, length: chunkBytes, position: from + copied })
    if (read === 0) break
    await writeWhole(files, to, { buffer: buffer.subarray(0, read), position: copied })
    copied += read
  }
  await files.datasync(to)
}

/** Opens the first file beside a segment, `….torn-<n>` or `….damaged-<n>`, whose name is free. */
export const openAside = async (
  files: FileLayer,
  segment: string,
  label: 'torn' | 'damaged',
): Promise<{ path: string; fd: number }> => {
  for (let n = 1; ; n++) {
    const path = `${segment.replace(/\.jsonl$/, '')}.${label}-${n}`
    try {
      return { path, fd: await files.open(path, 'wx', 0o600) }
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
  }
}

const cutOff = async (files: FileLayer, folder: string, place: { tail: JournalTail; fd: number }): Promise<string> => {
  const { tail, fd } = place
  const aside = await openAside(files, segmentPath(folder, tail.segment), 'torn')
  try {
    await copyEnd(files, fd, { from: tail.offset, to: aside.fd })
  } finally {
    await files.close(aside.fd)
  }
  await files.syncFolder(folder)
  await files.truncate(fd, tail.offset)
  return aside.path
}

/** The journal is not as it was read. Only whoever does not hold the lock can come here. */
export const journalChanged = (folder: string): PromptmillError =>
  new PromptmillError('locked', `The journal in ${folder} changed after it was read`, {
    hint: 'Another promptmill may be writing these results: wait for its end, then give the same command again',
  })

const isAsRead = async (files: FileLayer, fd: number, { offset, state }: JournalTail): Promise<boolean> => {
  const { size } = await files.stat(fd)
  return state === 'torn' ? size > offset && (await isTorn(files, fd, offset)) : size === offset
}

/**
 * Makes the end of the journal fit for the next record, before the first one is appended: glued to a torn line, that
 * one would be lost with it. Nothing is thrown away. Killed at any point it can be run again.
 * @throws PromptmillError `locked` when the journal no longer ends as it was read
 */
export const repairTail = (files: FileLayer, folder: string, tail: JournalTail): Promise<TailRepair | undefined> =>
  withFile(files, { path: segmentPath(folder, tail.segment), flags: 'r+' }, async fd => {
    const { segment, offset, state } = tail
    if (!(await isAsRead(files, fd, tail))) throw journalChanged(folder)
    let repair: TailRepair | undefined
    if (state === 'torn') repair = { segment, offset, copy: await cutOff(files, folder, { tail, fd }) }
    if (state === 'unterminated') {
      await writeWhole(files, fd, { buffer: Buffer.from('\n'), position: offset })
      repair = { segment, offset, copy: undefined }
    }
    // Also without a repair: what an earlier process wrote and did not sync now counts as answered.
    await files.datasync(fd)
    return repair
  })
