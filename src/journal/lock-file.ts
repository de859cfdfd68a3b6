import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { type Clock, sleep } from '../core/clock.js'
import { systemCode } from '../core/errors.js'
import { type LockOwner, parseOwner } from './lock-owner.js'

/** A lock file as found: whole, not whole, or not there. */
export type Found = LockOwner | 'broken' | undefined

/** Reads a lock file as it is now. */
export const readLock = async (file: string): Promise<Found> => {
  try {
    return parseOwner(await readFile(file, 'utf8')) ?? 'broken'
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

const settleMs = 50
const settleTries = 20

/** Where there are no hard links a lock file is written after it is made: one that is not whole may be about to be. */
export const readSettledLock = async (file: string, clock: Clock): Promise<Found> => {
  let found = await readLock(file)
  for (let tries = 0; found === 'broken' && tries < settleTries; tries++) {
    await sleep(clock, settleMs)
    found = await readLock(file)
  }
  return found
}

/** Removes a lock file; it may be gone already. */
export const unlinkIfThere = async (file: string): Promise<void> => {
  try {
    await unlink(file)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

const textOf = (owner: LockOwner): string => `${JSON.stringify(owner)}\n`

/** Calls with a file that holds the owner's text, and takes it away afterwards. */
export const withWritten = async <T>(
  file: string,
  owner: LockOwner,
  use: (written: string) => Promise<T>,
): Promise<T> => {
  const written = `${file}.${owner.token}.tmp`
  await writeFile(written, textOf(owner), { flag: 'wx', mode: 0o600 })
  try {
    return await use(written)
  } finally {
    await unlinkIfThere(written)
  }
}

const isThere = (error: unknown): boolean => systemCode(error) === 'EEXIST'

/** Makes a lock file that is whole from its first moment, unless there is one already. */
export const createLock = (file: string, owner: LockOwner): Promise<boolean> =>
  withWritten(file, owner, async written => {
    try {
      await link(written, file)
      return true
    } catch (error) {
      if (isThere(error)) return false
    }
    // The file system has no hard links.
    try {
      await writeFile(file, textOf(owner), { flag: 'wx', mode: 0o600 })
      return true
    } catch (error) {
      if (isThere(error)) return false
      throw error
    }
  })
