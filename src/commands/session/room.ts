import { statfs } from 'node:fs/promises'
import { PromptmillError } from '../../core/errors.js'
import type { Plan } from '../plan/plan.js'
import type { Session } from './session.js'

/** No request and its answer take less than this in the journal, in bytes; most take twice as much. */
const leastPerRow = 512

/** Set aside for the time when the disk is full. */
const reserveBytes = 2 ** 20

/** What a session will surely write: what is to come into the journal, and the results, which hold every cell of the input. */
export const leastNeeded = (rows: { readonly pending: number; readonly inputBytes: number }): number =>
  reserveBytes + rows.pending * leastPerRow + rows.inputBytes

const showMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** Free bytes for this user; undefined where the file system does not say. A quota is not seen here. */
const readFree = async (folder: string): Promise<number | undefined> => {
  const facts = await statfs(folder).catch(() => undefined)
  return facts === undefined || facts.blocks === 0 ? undefined : facts.bavail * facts.bsize
}

/**
 * Refuses a run for which there is surely not enough room, before anything is sent.
 * @throws PromptmillError `bad_output`
 */
export const checkRoom = async ({ job }: Session, { counts }: Plan): Promise<void> => {
  const inputBytes = job.place.file === undefined ? 0 : job.source.input.bytes
  const needed = leastNeeded({ pending: counts.pending, inputBytes })
  const free = await readFree(job.folder)
  if (free === undefined || free >= needed) return
  throw new PromptmillError(
    'bad_output',
    `There is too little room in ${job.folder}: ${showMegabytes(free)} free, and at least ${showMegabytes(needed)} needed`,
    { hint: 'Nothing was sent. Make room, or give an --output on another disk' },
  )
}
