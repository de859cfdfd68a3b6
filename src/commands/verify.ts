import { readdir } from 'node:fs/promises'
import { PromptmillError } from '../core/errors.js'
import { type Inspection, inspectJournal } from '../journal/inspect.js'
import { acquireLock } from '../journal/lock.js'
import { type RepairedSegment, repairJournal } from '../journal/repair.js'
import { runFolderOf } from './session/output-path.js'

/** What a run's journal is found to be, and what was done about it. */
export interface Verification extends Inspection {
  readonly runFolder: string
  /** What was moved aside; undefined when nothing was asked for, empty when nothing had to be. */
  readonly repaired: readonly RepairedSegment[] | undefined
}

const hasJournal = async (folder: string): Promise<boolean> =>
  (await readdir(folder).catch(() => [])).some(name => /^(manifest\.json|journal-\d+\.jsonl)$/.test(name))

/** A run folder by its own path or by that of the results. Needs no manifest: that may be damaged too. */
const findJournal = async (target: string): Promise<string> => {
  for (const folder of [target, runFolderOf(target)]) if (await hasJournal(folder)) return folder
  throw new PromptmillError('not_a_run', `${target} is not the results of a run: there is no ${runFolderOf(target)}`, {
    hint: 'Give the results file that promptmill run wrote, or its run folder',
  })
}

const repair = async (folder: string): Promise<readonly RepairedSegment[]> => {
  const lock = await acquireLock(folder)
  try {
    return await repairJournal(folder)
  } finally {
    await lock.release()
  }
}

/**
 * Reads a journal to its end and says what is damaged; with `mend` moves that aside and keeps everything else.
 * @param target path of the results or of the run folder
 * @throws PromptmillError `not_a_run`, also for a journal of a newer version; `disk`; `locked` when it is to be mended
 * while a run is writing it
 */
export const verifyJournal = async (target: string, { mend }: { readonly mend: boolean }): Promise<Verification> => {
  const runFolder = await findJournal(target)
  const found = await inspectJournal(runFolder)
  const repaired = mend ? await repair(runFolder) : undefined
  return { ...found, runFolder, repaired }
}
