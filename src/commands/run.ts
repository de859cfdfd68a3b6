import { PromptmillError } from '../core/errors.js'
import type { Summary } from '../core/summary.js'
import { sameFingerprint } from '../input/fingerprint.js'
import { readManifest } from '../journal/manifest.js'
import { createRecordReader } from '../journal/reader.js'
import type { SendStop } from '../send/contract.js'
import type { Plan } from './plan/plan.js'
import { remember } from './plan/remember.js'
import type { RowTable } from './plan/row-table.js'
import type { Notify, PlanCounts, Ports } from './ports.js'
import type { FailedExample, Projection } from './results/project.js'
import { writeResults } from './results/write-results.js'
import { openRunEndpoint, type RunEndpoint } from './session/endpoint.js'
import type { Job } from './session/job.js'
import { hasNews, journalSession, type SessionReport } from './session/journal-session.js'
import { writeRunManifest } from './session/manifest.js'
import { keepPrices } from './session/prices.js'
import { checkRoom } from './session/room.js'
import { type ChooseAgain, openSession, planSession, type Session } from './session/session.js'
import type { RunOptions } from './session/settings.js'

/** What a session came to. */
export interface RunResult {
  readonly summary: Summary
  /** The results file; undefined when they went to standard output. */
  readonly results: string | undefined
  readonly runFolder: string
  readonly plan: PlanCounts
  /** Why the run ended before every row was settled: the rest is pending, the same call resumes. */
  readonly stop: SendStop | undefined
  /** Failed rows, a few of each error code. */
  readonly examples: readonly FailedExample[]
  /** This session alone: its time in all, the sending's part of it, and the rows it settled. */
  readonly session: { readonly wallMs: number; readonly sentMs: number; readonly settled: number }
}

const warnOfPrices = ({ prices, ports, notify }: Session, { models }: Plan): void => {
  for (const model of models) {
    if (prices.rates(model, new Date(ports.clock.wall())) !== undefined) continue
    notify.onNotice?.(
      `No price is known for ${model}: tokens are counted, cost stays unknown (rates: ${prices.source})`,
    )
  }
}

/** The endpoint is opened when it is first needed, and closed if it was. */
const createEndpointDoor = ({ settings, options, ports }: Session) => {
  let opened: RunEndpoint | undefined
  return {
    async open(): Promise<RunEndpoint> {
      opened ??= await openRunEndpoint(settings, { apiKey: options.apiKey, env: ports.env })
      return opened
    },
    close: async (): Promise<void> => opened?.close(),
  }
}

const project = async (session: Session, plan: Plan): Promise<Projection> => {
  const { job, settings, price, drafts, ports, notify, options } = session
  notify.onWriting?.()
  // Another process may have taken over while this one was stopped: then these results are not ours to write.
  await job.lock.verify()
  const reader = createRecordReader(job.folder)
  try {
    const source = { table: plan.table, reader, price, judge: settings.judge, drafts }
    return await writeResults(job, plan, { source, ports, settings, dropSignal: options.dropSignal })
  } finally {
    reader.close()
  }
}

/** The disk failed during the session: what it has brought is written all the same, if that can be. */
const saveResults = async (session: Session, plan: Plan, error: unknown): Promise<never> => {
  if (!(error instanceof PromptmillError && error.code === 'disk')) throw error
  const written = await project(session, plan).then(
    () => true,
    () => false,
  )
  const { file } = session.job.place
  if (written && file !== undefined) session.notify.onNotice?.(`What was answered is in ${file}`)
  throw error
}
/** Nothing is sent, but a later session shall write its results in the same way. */
const keepSetting = async (session: Session): Promise<void> => {
  const { earlier } = session.job
  if (earlier !== undefined) await writeRunManifest(session, { simulated: earlier.simulated })
}

/** Whether the input is not the one of the session before: in the same one nothing has moved. */
const isOtherInput = ({ earlier, source: { fingerprints } }: Job): boolean => {
  if (earlier === undefined) return false
  const files = earlier.input.files ?? [earlier.input]
  return (
    files.length !== fingerprints.length ||
    files.some((file, place) => {
      const now = fingerprints[place]
      return now === undefined || !sameFingerprint(file, now)
    })
  )
}

/** Chooses which of the rows to be sent are sent in this session, for a sample. */
export type PickRows = (table: RowTable) => ReadonlySet<number>

const idle: SessionReport = { stop: undefined, settled: 0, sentMs: 0 }

/**
 * Runs a file of prompts: sends every row that has no answer yet and writes the results. The same call again resumes.
 * `again` names settled rows to be sent once more; that is all that `retry` adds. `pick` sends some of the rows alone.
 * @throws PromptmillError when the run cannot begin or its disk fails; a row that fails, or an endpoint that stops the
 * run, is told in the result
 */
export const run = async (
  options: RunOptions,
  ports: Ports,
  { notify = {}, again, pick }: { notify?: Notify; again?: ChooseAgain; pick?: PickRows } = {},
): Promise<RunResult> => {
  const began = ports.clock.now()
  const session = await openSession(options, ports, notify)
  const { job, settings } = session
  const door = createEndpointDoor(session)
  try {
    // A first session cannot do without its endpoint: a missing key should not wait for millions of rows to be read.
    if (job.earlier === undefined) await door.open()
    const { signal } = options
    const memory = await remember(job.folder, settings, { signal, withPlaces: isOtherInput(job) })
    const planned = await planSession(session, memory.memory, again)
    const plan = pick === undefined ? planned : { ...planned, only: pick(planned.table) }
    await keepPrices(settings.prices, job.folder)
    let report = idle
    if (hasNews({ plan, ...memory })) {
      const endpoint = plan.counts.pending > 0 ? await door.open() : undefined
      if (endpoint !== undefined) await checkRoom(session, plan)
      if (endpoint !== undefined) warnOfPrices(session, plan)
      await writeRunManifest(session, { simulated: memory.expectSimulated === true, endpoint })
      report = await journalSession(session, { ...memory, plan, endpoint }).catch(error =>
        saveResults(session, plan, error),
      )
    } else if (job.earlier?.settings['excel'] !== settings.excel) await keepSetting(session)
    const { tally, examples } = await project(session, plan)
    const summary = tally.summary(memory.memory.wallMs + report.sentMs)
    // Only the answers tell whether the endpoint behind a base URL was the simulator. The session that had them first may
    // have been killed before it said so.
    if (summary.simulated && (await readManifest(job.folder))?.simulated !== true) {
      await writeRunManifest(session, { simulated: true })
    }
    return {
      summary,
      results: job.place.file,
      runFolder: job.folder,
      plan: plan.counts,
      stop: report.stop,
      examples,
      session: { wallMs: ports.clock.now() - began, sentMs: report.sentMs, settled: report.settled },
    }
  } finally {
    await door.close()
    await job.close()
  }
}
