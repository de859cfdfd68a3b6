import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Summary } from '../../core/summary.js'
import { toolName } from '../../core/version.js'
import type { PlanCounts } from '../ports.js'
import type { FailedExample } from '../results/project.js'
import type { Session } from './session.js'

/** What a finished run came to: all that the same command has to say when nothing has changed since. */
export interface Finished {
  readonly summary: Summary
  /** In the file: as a plan that finds everything settled would count. */
  readonly plan: PlanCounts
  readonly examples: readonly FailedExample[]
  /** What was said of rows that no request can be made from. */
  readonly faults: string | undefined
}

interface FinishedFile {
  readonly state: string
  readonly finished: Finished
}

const fileName = 'finished.json'

/** Counted up when the summary changes: that of another form is not told. */
const summaryForm = 2

/** Files of a run folder that come and go, or say nothing of the run's state. */
const isPassing = (name: string): boolean =>
  name === fileName || name === 'reserve' || name.startsWith('lock') || name.endsWith('.tmp')

/** The change time cannot be set back, so that no edit goes by unseen. */
const look = async (file: string): Promise<string> => {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true })
  return [file, size, mtimeNs, ctimeNs, ino].join(' ')
}

/**
 * Everything that the results of a session depend on, as one digest: tool, prices and settings, and every file as the
 * system sees it. Undefined where that cannot be told: images lie in files of their own, a price file may have changed,
 * and the schema of a program may hold code.
 */
const describeState = async ({ job, settings, prices, options }: Session): Promise<string | undefined> => {
  const { place, folder, source } = job
  const { files: inputs, sourceColumn } = source.input
  const { requests, judge: _judge, ...flags } = settings
  // A schema of a library may be an object or, as in ArkType, a function.
  const mayHoldCode = options.schema !== undefined && typeof options.schema !== 'string'
  const untold = requests.images !== undefined || settings.prices !== undefined || mayHoldCode
  if (place.file === undefined || untold) return undefined
  const kept = (await readdir(folder)).filter(name => !isPassing(name)).toSorted()
  const files = [place.file, ...inputs.map(file => file.path), ...kept.map(name => path.join(folder, name))]
  const { fingerprints } = source
  // The names of the files, and whether there is a column for them, say how the very same files were named.
  const facts = {
    form: summaryForm,
    toolName,
    prices: prices.source,
    flags,
    requests,
    inputs,
    sourceColumn,
    fingerprints,
  }
  const seen = await Promise.all(files.map(look))
  return createHash('sha256')
    .update(JSON.stringify([facts, seen]))
    .digest('hex')
}

/** What the run came to, if it was finished and nothing at all has changed since: then nothing need be read again. */
export const recallFinished = async (session: Session): Promise<Finished | undefined> => {
  try {
    const { state, finished } = JSON.parse(
      await readFile(path.join(session.job.folder, fileName), 'utf8'),
    ) as FinishedFile
    // Whether made-up answers may stand is for a closer look.
    if (finished.summary.simulated !== session.settings.simulate) return undefined
    return state === (await describeState(session)) ? finished : undefined
  } catch {
    // It is a short cut: without it everything is read.
    return undefined
  }
}

/** The counts of a plan that finds everything as the session of these counts has left it. */
const toSettled = ({ rows, faulty, copies }: PlanCounts): PlanCounts => ({
  rows,
  reused: rows - faulty - copies,
  moved: 0,
  pending: 0,
  faulty,
  copies,
  edited: 0,
  new: 0,
  removed: 0,
})

/** Notes what a run came to, when all its rows are settled. The results must stand where they belong by now. */
export const noteFinished = async (session: Session, finished: Finished): Promise<void> => {
  const file = path.join(session.job.folder, fileName)
  try {
    const state = finished.summary.rows.pending === 0 ? await describeState(session) : undefined
    if (state === undefined) return await rm(file, { force: true })
    const temporary = path.join(session.job.folder, `.${fileName}.tmp`)
    await rm(temporary, { force: true })
    const noted: FinishedFile = { state, finished: { ...finished, plan: toSettled(finished.plan) } }
    await writeFile(temporary, JSON.stringify(noted), { mode: 0o600, flag: 'wx' })
    await rename(temporary, file)
  } catch {
    // As above.
  }
}
