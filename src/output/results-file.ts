import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** Where results are written: a file or standard output. */
export interface TextSink {
  write(text: string): Promise<void>
  /** Makes what was written final. */
  finish(): Promise<void>
  /** Gives up: leaves what was there before as it was. */
  discard(): Promise<void>
}

/** A finished file, and the one whose place it is about to take. */
export interface Replacement {
  readonly temporary: string
  readonly target: string
}

const flushAt = 64 * 1024

/** Numbers of files may be larger than a double can hold. */
const exact = { bigint: true } as const

const syncFolder = async (folder: string): Promise<void> => {
  // Windows cannot open a folder; there the rename itself is what there is.
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/**
 * A file that appears whole or not at all: written under a temporary name in the same folder, synced, renamed.
 * Readable by its owner alone, since answers may be confidential.
 * @param onReplace awaited when the file is whole, before it takes its place; what it throws keeps what is there
 */
export const createResultsFile = async (
  target: string,
  onReplace: (replacement: Replacement) => Promise<void> = () => Promise.resolve(),
): Promise<TextSink> => {
  const folder = path.dirname(target)
  // One name for all sessions, of which one at a time holds the run: what a killed one left behind goes here. It goes
  // first, so that the file is new and never somebody's link.
  const temporary = path.join(folder, `.${path.basename(target)}.tmp`)
  await rm(temporary, { force: true })
  const handle: FileHandle = await open(temporary, 'wx', 0o600)
  const own = await handle.stat(exact)
  let waiting = ''
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    if (text !== '') await handle.writeFile(text)
  }
  /** Whether the file by that name is this one still, and not that of a process which has taken over. */
  const isOurs = async (): Promise<boolean> => {
    const there = await lstat(temporary, exact)
    return own.ino === there.ino && own.dev === there.dev
  }
  return {
    async write(text) {
      waiting += text
      if (waiting.length >= flushAt) await flush()
    },
    async finish() {
      await flush()
      await handle.sync()
      await handle.close()
      await onReplace({ temporary, target })
      await rename(temporary, target)
      await syncFolder(folder)
    },
    async discard() {
      await handle.close().catch(() => undefined)
      if (await isOurs().catch(() => false)) await rm(temporary, { force: true })
    },
  }
}
