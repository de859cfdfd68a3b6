import type { JournalPosition } from '../core/records.js'
import { type FileLayer, withFile, writeWhole } from './file-layer.js'
import { segmentPath, toPosition } from './segment.js'

/** The end of the journal, where records are appended. */
export interface SegmentFile {
  /** Hands bytes to the kernel and returns where they begin. After a failure the same call may be repeated. */
  append(bytes: Buffer): Promise<JournalPosition>
  /** Makes everything appended before durable. After a failure it must never be called again for the same bytes. */
  sync(): Promise<void>
  /** Goes on in a new segment that begins with these bytes. It is there whole and durable, or not at all. */
  replace(bytes: Buffer): Promise<JournalPosition>
  /** The path that the next new segment would have. */
  nextPath(): string
  close(): Promise<void>
}

export interface SegmentStart {
  readonly folder: string
  readonly segment: number
  readonly offset: number
  /** The highest number of a segment. */
  readonly lastSegment: number
  /** Called before a new segment is begun; rejects when the journal is no longer ours to write. */
  readonly beforeSegment: () => Promise<void>
}

const deleted = (path: string): Error => Object.assign(new Error(`${path} was deleted`), { code: 'ENOENT' })

/** Writes a segment beside its place and moves it there, so that a crash in between leaves nothing half done. */
const writeSegment = async (files: FileLayer, path: string, bytes: Buffer): Promise<void> => {
  const temporary = `${path}.tmp`
  try {
    await withFile(files, { path: temporary, flags: 'w' }, async fd => {
      await writeWhole(files, fd, { buffer: bytes, position: 0 })
      await files.datasync(fd)
    })
    await files.rename(temporary, path)
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined)
    throw error
  }
}

/** Opens the journal's end for appending. Writes go to explicit offsets: a write that is repeated lands in its place. */
export const openSegmentFile = async (files: FileLayer, start: SegmentStart): Promise<SegmentFile> => {
  const { folder } = start
  let { segment, offset, lastSegment } = start
  let fd: number | undefined
  /** Some network file systems count no names at all: there a deleted file cannot be told. */
  let countsNames = true

  const open = async (): Promise<number> => {
    if (fd !== undefined) return fd
    fd = await files.open(segmentPath(folder, segment), 'r+')
    countsNames = (await files.stat(fd)).links > 0
    return fd
  }
  const close = async (): Promise<void> => {
    const open = fd
    fd = undefined
    // What mattered was synced before; nothing can be done about a descriptor that does not close.
    if (open !== undefined) await files.close(open).catch(() => undefined)
  }

  await open()
  return {
    async append(bytes) {
      const position = toPosition(segment, offset)
      await writeWhole(files, await open(), { buffer: bytes, position: offset })
      offset += bytes.length
      return position
    },
    async sync() {
      const target = await open()
      await files.datasync(target)
      // A deleted file takes writes and syncs as if nothing were wrong.
      if (countsNames && (await files.stat(target)).links === 0) throw deleted(segmentPath(folder, segment))
    },
    async replace(bytes) {
      await start.beforeSegment()
      const next = lastSegment + 1
      await writeSegment(files, segmentPath(folder, next), bytes)
      lastSegment = next
      await files.syncFolder(folder)
      await close()
      segment = next
      offset = bytes.length
      return toPosition(segment, 0)
    },
    nextPath: () => segmentPath(folder, lastSegment + 1),
    close,
  }
}
