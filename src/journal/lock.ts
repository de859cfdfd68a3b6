import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { type Clock, systemClock } from '../core/clock.js'
import { PromptmillError } from '../core/errors.js'
import { asDiskFailure } from './disk-failure.js'
import { systemFiles } from './file-layer.js'
import { createLock, type Found, readLock, readSettledLock, unlinkIfThere, withWritten } from './lock-file.js'
import { judgeOwner, type LockOwner, lockedBy } from './lock-owner.js'
import { identifySelf } from './process-identity.js'
import { makeRunFolder } from './run-folder.js'

/** The right to write a run folder. */
export interface Lock {
  /** Gives it back. Does nothing when it is no longer ours. */
  release(): Promise<void>
  /** @throws PromptmillError `locked` when the lock is no longer ours */
  verify(): Promise<void>
}

export interface LockOptions {
  readonly clock?: Clock
}

interface Claimant {
  readonly folder: string
  readonly owner: LockOwner
  readonly clock: Clock
}

const tokenOf = (found: Found): string | undefined => (typeof found === 'object' ? found.token : found)

/**
 * Puts our lock in the place of a dead one. Whoever wants to needs the lock that is named after the dead one's token,
 * and under it looks again: so two that see the same dead lock cannot both replace it, and a late one sees that it is
 * not the same any more. That lock is one like any other; if its owner dies too, it is taken over in the same way.
 */
const replaceDead = async (file: string, dead: LockOwner | 'broken', claimant: Claimant): Promise<boolean> => {
  const guard = `${file}.${tokenOf(dead)}`
  await claim(guard, claimant)
  try {
    if (tokenOf(await readLock(file)) !== tokenOf(dead)) return false
    await withWritten(file, claimant.owner, written => rename(written, file))
    return true
  } finally {
    await unlinkIfThere(guard)
  }
}

const claim = async (file: string, claimant: Claimant): Promise<void> => {
  const { folder, owner, clock } = claimant
  while (!(await createLock(file, owner))) {
    const found = await readSettledLock(file, clock)
    if (found === undefined) continue
    if (found !== 'broken') {
      // The link was made although its success was not reported, as over NFS.
      if (found.token === owner.token) return
      const verdict = await judgeOwner(found, owner)
      if (verdict !== 'gone') throw lockedBy(found, verdict, { folder, file })
    }
    if (await replaceDead(file, found, claimant)) return
  }
}

/**
 * Removes what processes left behind that died while they were locking: half a lock file, and the locks of takeovers.
 * Whoever holds the lock may: a takeover of an earlier lock can no longer succeed, and whoever is just about to try the
 * lock does without its file. Best effort: they are in nobody's way.
 */
const clearLeftovers = async (folder: string): Promise<void> => {
  const names = await systemFiles.list(folder).catch(() => [])
  for (const name of names) {
    if (name.startsWith('lock.')) await unlinkIfThere(path.join(folder, name)).catch(() => undefined)
  }
}

/**
 * Takes the lock of a run folder, which is made if it is not there. A lock whose owner is gone (killed, the machine
 * restarted, its process number given to another process) is taken over; there is no time-out, so a run that was
 * asleep for a day still has its lock.
 * @throws PromptmillError `locked` naming the process that holds it, `disk` when the folder cannot be written
 */
export const acquireLock = async (folder: string, { clock = systemClock }: LockOptions = {}): Promise<Lock> => {
  const file = path.join(folder, 'lock')
  const owner = { ...(await identifySelf()), token: randomBytes(16).toString('hex') }
  try {
    await makeRunFolder(systemFiles, folder)
    await claim(file, { folder, owner, clock })
    await clearLeftovers(folder)
  } catch (error) {
    throw asDiskFailure(`The run folder ${folder} cannot be locked`, error)
  }
  const isOurs = async (): Promise<boolean> => tokenOf(await readLock(file)) === owner.token
  return {
    async release() {
      if (await isOurs()) await unlinkIfThere(file)
    },
    async verify() {
      if (await isOurs()) return
      throw new PromptmillError('locked', `The lock of these results is no longer ours: ${folder}`, {
        hint: 'Somebody removed it, and another promptmill may be writing. What was answered is kept',
      })
    },
  }
}
