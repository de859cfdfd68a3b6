import path from 'node:path'
import { type FileLayer, systemFiles } from '../../src/journal/file-layer.js'

export type FileOperation = keyof FileLayer

export const fileOperations: readonly FileOperation[] = [
  'open',
  'close',
  'write',
  'read',
  'datasync',
  'truncate',
  'stat',
  'list',
  'mkdir',
  'rename',
  'unlink',
  'syncFolder',
]

/** One call of the file layer. */
export interface FileCall {
  readonly operation: FileOperation
  readonly path: string
  /** How many calls of this operation there have been, this one included. */
  readonly nth: number
  readonly fd?: number
}

export interface WatchOptions {
  /** Called before an operation: may wait, and fails it by throwing. */
  readonly before?: (call: FileCall) => void | Promise<void>
  /** Called after an operation that succeeded. */
  readonly after?: (call: FileCall) => void
  /** Called when an operation failed. */
  readonly failed?: (call: FileCall) => void
  /** No write takes more bytes than this. */
  readonly writeBytes?: number
}

export interface WatchedFiles extends FileLayer {
  count(operation: FileOperation): number
}

/**
 * The real disk with a test between: it counts, delays and fails operations. Syncs are counted and not made: what a
 * loss of power would leave is modelled in `power-loss.ts`, and thousands of real ones would wait for the disk.
 */
export const watchFiles = (options: WatchOptions = {}): WatchedFiles => {
  const { before, after, failed, writeBytes = Number.POSITIVE_INFINITY } = options
  const counts = new Map<FileOperation, number>()
  const paths = new Map<number, string>()
  const count = (operation: FileOperation): number => counts.get(operation) ?? 0

  const around = async <T>(operation: FileOperation, on: string | number, run: () => Promise<T>): Promise<T> => {
    counts.set(operation, count(operation) + 1)
    const where = typeof on === 'number' ? { path: paths.get(on) ?? '', fd: on } : { path: on }
    const call = { operation, nth: count(operation), ...where }
    try {
      await before?.(call)
      const result = await run()
      after?.(call)
      return result
    } catch (error) {
      failed?.(call)
      throw error
    }
  }

  return {
    count,
    open: (file, flags, mode) =>
      around('open', file, async () => {
        const fd = await systemFiles.open(file, flags, mode)
        paths.set(fd, file)
        return fd
      }),
    close: fd => around('close', fd, () => systemFiles.close(fd)),
    write: (fd, buffer, range) =>
      around('write', fd, () =>
        systemFiles.write(fd, buffer, { ...range, length: Math.min(range.length, writeBytes) }),
      ),
    read: (fd, buffer, range) => around('read', fd, () => systemFiles.read(fd, buffer, range)),
    datasync: fd => around('datasync', fd, () => Promise.resolve()),
    truncate: (fd, length) => around('truncate', fd, () => systemFiles.truncate(fd, length)),
    stat: fd => around('stat', fd, () => systemFiles.stat(fd)),
    list: folder => around('list', folder, () => systemFiles.list(folder)),
    mkdir: (folder, mode) => around('mkdir', folder, () => systemFiles.mkdir(folder, mode)),
    rename: (from, to) => around('rename', from, () => systemFiles.rename(from, to)),
    unlink: file => around('unlink', file, () => systemFiles.unlink(file)),
    syncFolder: folder => around('syncFolder', folder, () => Promise.resolve()),
  }
}

/** An error as the system gives it. */
export const systemError = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

export interface Fault {
  readonly operation: FileOperation
  /** The first call to fail, counted from 1. */
  readonly nth: number
  /** Whether all later calls fail as well. */
  readonly forGood: boolean
  readonly code?: string
  /** Only files under this folder fail. */
  readonly within?: string
  /** Counts and fails only after a first failure, which is the sync of the first segment. */
  readonly afterSyncFault?: boolean
}

/** A disk on which one operation fails. `fired` tells whether it came to that. */
export const faultyFiles = (
  fault: Fault,
  hooks: Pick<WatchOptions, 'after' | 'failed'> = {},
): { readonly files: WatchedFiles; readonly fired: () => boolean } => {
  let seen = 0
  let armed = fault.afterSyncFault !== true
  let syncs = 0
  const files = watchFiles({
    ...hooks,
    before(call) {
      if (!armed && call.operation === 'datasync' && call.path.endsWith('journal-0001.jsonl')) {
        syncs += 1
        // The first one belongs to the opening.
        armed = syncs > 1
        if (armed) throw systemError('EIO')
      }
      if (!armed) return
      const inside = fault.within === undefined || !path.relative(fault.within, call.path).startsWith('..')
      if (call.operation !== fault.operation || !inside) return
      seen += 1
      if (seen === fault.nth || (seen > fault.nth && fault.forGood)) throw systemError(fault.code ?? 'EIO')
    },
  })
  return { files, fired: () => seen >= fault.nth }
}
