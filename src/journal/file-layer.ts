import fs from 'node:fs'
import { systemCode } from '../core/errors.js'

/**
 * The file operations the journal is made of, each one system call: a test puts itself between and makes the third
 * write fail. File descriptors instead of handles: a handle that is garbage closes itself.
 */
export interface FileLayer {
  open(path: string, flags: string, mode?: number): Promise<number>
  close(fd: number): Promise<void>
  /** Resolves with the bytes written, which may be fewer than asked for without an error. */
  write(fd: number, buffer: Buffer, range: ByteRange): Promise<number>
  /** Resolves with the bytes read, 0 at the end of the file. */
  read(fd: number, buffer: Buffer, range: ByteRange): Promise<number>
  datasync(fd: number): Promise<void>
  truncate(fd: number, length: number): Promise<void>
  /** Size in bytes, and the number of names the file still has: 0 once it was deleted. */
  stat(fd: number): Promise<{ readonly size: number; readonly links: number }>
  list(folder: string): Promise<string[]>
  mkdir(path: string, mode: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  /** Makes the names in a folder durable, where the platform can. */
  syncFolder(path: string): Promise<void>
}

/** Which part of the buffer, and where in the file. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
  readonly position: number
}

type Done<T> = (error: NodeJS.ErrnoException | null, value: T) => void

const promised = <T>(call: (done: Done<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, value) => (error === null ? resolve(value) : reject(error)))
  })

/** Windows cannot sync a folder; some file systems say so with these. */
const unsyncable = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF'])

const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return
  const fd = await promised<number>(done => fs.open(path, 'r', done))
  try {
    await promised<void>(done => fs.fsync(fd, done))
  } catch (error) {
    if (!unsyncable.has(systemCode(error) ?? '')) throw error
  } finally {
    await promised<void>(done => fs.close(fd, done))
  }
}

/** The real disk. */
export const systemFiles: FileLayer = {
  open: (path, flags, mode) => promised(done => fs.open(path, flags, mode, done)),
  close: fd => promised(done => fs.close(fd, done)),
  write: (fd, buffer, { offset, length, position }) =>
    promised(done => fs.write(fd, buffer, offset, length, position, done)),
  read: (fd, buffer, { offset, length, position }) =>
    promised(done => fs.read(fd, buffer, offset, length, position, done)),
  datasync: fd => promised(done => fs.fdatasync(fd, done)),
  truncate: (fd, length) => promised(done => fs.ftruncate(fd, length, done)),
  stat: async fd => {
    const { size, nlink } = fs.fstatSync(fd)
    return { size, links: nlink }
  },
  list: folder => promised(done => fs.readdir(folder, done)),
  mkdir: (path, mode) => promised(done => fs.mkdir(path, { mode }, error => done(error, undefined))),
  rename: (from, to) => promised(done => fs.rename(from, to, done)),
  unlink: path => promised(done => fs.unlink(path, done)),
  syncFolder,
}

/** At most this much goes into one system call: a short write then costs little to repeat. */
const callBytes = 2 ** 20

/** Writes a whole buffer at a place, however short the single writes come out. */
export const writeWhole = async (
  files: FileLayer,
  fd: number,
  { buffer, position }: { buffer: Buffer; position: number },
): Promise<void> => {
  let offset = 0
  while (offset < buffer.length) {
    const length = Math.min(callBytes, buffer.length - offset)
    const written = await files.write(fd, buffer, { offset, length, position: position + offset })
    if (written <= 0) throw new Error('a write of the journal wrote nothing')
    offset += written
  }
}

/** Opens a file, hands out its descriptor and closes it, whatever happens. */
export const withFile = async <T>(
  files: FileLayer,
  { path, flags }: { path: string; flags: string },
  use: (fd: number) => Promise<T>,
): Promise<T> => {
  const fd = await files.open(path, flags, 0o600)
  try {
    return await use(fd)
  } finally {
    await files.close(fd)
  }
}
