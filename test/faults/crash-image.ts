import { cpSync, rmSync } from 'node:fs'
import { readdir, readFile, rename, rm, truncate } from 'node:fs/promises'
import path from 'node:path'
import { textOf } from './journal-truth.js'
import { parseLine } from './run-folder.js'

/** The run folder as a process leaves it that dies at a certain moment, put in place of what it became afterwards. */
export interface CrashImage {
  /** Remembers what was there before the session, which is safe on the disk. */
  begin(): Promise<void>
  /** The moment. Synchronous: nothing else of this process happens meanwhile. */
  take(): void
  /**
   * Puts the image in place. `lost` is the share that a power failure takes of what was written and not synced: nothing
   * that was there before, and no answer that somebody was told of.
   */
  putBack(lost: number, told: ReadonlySet<string>): Promise<void>
}

const lastSegment = async (folder: string): Promise<string | undefined> => {
  const names = await readdir(folder).catch(() => [])
  const last = names
    .filter(name => /^journal-\d+\.jsonl$/.test(name))
    .sort()
    .at(-1)
  return last && path.join(folder, last)
}

const readBytes = async (file: string | undefined): Promise<Buffer> =>
  file === undefined ? Buffer.alloc(0) : readFile(file)

/** One past the last record that somebody was told of, or that ends a row. */
const endOfTold = (journal: Buffer, told: ReadonlySet<string>): number => {
  let end = 0
  let at = 0
  for (const line of journal.toString().split('\n')) {
    at += Buffer.byteLength(line) + 1
    const record = parseLine(line)
    const text = record?.kind === 'answer' ? textOf(record.body) : undefined
    const isTold = text !== undefined && told.has(text)
    if (isTold || (record?.kind === 'failure' && record.final)) end = at
  }
  return end
}

export const createCrashImage = (runFolder: string): CrashImage => {
  const image = `${runFolder}.image`
  let safe = 0

  const take = (): void => {
    rmSync(image, { recursive: true, force: true })
    try {
      cpSync(runFolder, image, { recursive: true })
    } catch {
      // A file went while it was copied: there is another moment right after.
      take()
    }
  }
  const loseTail = async (lost: number, told: ReadonlySet<string>): Promise<void> => {
    const file = await lastSegment(image)
    if (file === undefined) return
    const journal = await readBytes(file)
    const kept = Math.min(journal.length, Math.max(safe, endOfTold(journal, told)))
    await truncate(file, Math.round(journal.length - lost * (journal.length - kept)))
  }
  return {
    async begin() {
      safe = (await readBytes(await lastSegment(runFolder))).length
    },
    take,
    async putBack(lost, told) {
      await loseTail(lost, told)
      await rm(runFolder, { recursive: true })
      await rename(image, runFolder)
      // Its owner is dead: that this is found out is tested elsewhere, and here the owner would be this process.
      await rm(path.join(runFolder, 'lock'), { force: true })
    },
  }
}
