import { PromptmillError } from '../core/errors.js'
import type { Usd } from '../core/money.js'
import type { Summary } from '../core/summary.js'
import { readManifest } from '../journal/manifest.js'
import { showUnpriced } from '../pricing/unpriced-name.js'
import type { SendStop } from '../send/contract.js'
import { createCallDoubts, toUnclear } from './plan/call-doubts.js'
import { describeFaults } from './plan/faults.js'
import type { ComparedPlan, Plan, PlanWatch } from './plan/plan.js'
import type { Recollection } from './plan/recall.js'
import { type Memory, remember } from './plan/remember.js'
import type { RowTable } from './plan/row-table.js'
import type { Notify, PlanCounts, Ports } from './ports.js'
import type { Accuracy } from './results/accuracy.js'
import type { FailedExample, Projection } from './results/project.js'
import { type Results, startResults } from './results/write-results.js'
import { warnOfBlindModels } from './session/blind-models.js'
import { createEndpointDoor } from './session/endpoint.js'
import { type Finished, noteFinished, recallFinished } from './session/finished.js'
import { isOtherInput } from './session/job.js'
import { hasNews, journalSession, type SessionReport, type SessionWork } from './session/journal-session.js'
import { writeRunManifest } from './session/manifest.js'
import { keepPrices } from './session/prices.js'
import { lostSimulator, type Retrial } from './session/retrial.js'
import { checkRoom } from './session/room.js'
import { openSession, planSession, type Session } from './session/session.js'
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
  /** What `--max-cost` allows; undefined without it. */
  readonly capUsd: Usd | undefined
  /** Failed rows, a few of each error code. */
  readonly examples: readonly FailedExample[]
  /** This session alone: its time in all, the sending's part of it, and the rows it settled. */
  readonly session: { readonly wallMs: number; readonly sentMs: number; readonly settled: number }
  /**
   * How true an estimate before this session would have been. Undefined when nothing was sent or nothing reported, and
   * of a retry, whose rows bring the calls of earlier sessions along.
   */
  readonly accuracy: Accuracy | undefined
}

const warnOfPrices = ({ prices, ports, notify }: Session, { models }: Plan): void => {
  for (const model of models) {
    if (prices.rates(model, new Date(ports.clock.wall())) !== undefined) continue
    notify.onNotice?.(
      `No price is known for ${showUnpriced(model, prices)}: tokens are counted, cost stays unknown (rates: ${prices.source})`,
    )
  }
}

/** What a session that failed leaves behind: after a failure of the disk what was answered, if that can be written. */
const endResults = async (session: Session, results: Results, error: unknown): Promise<never> => {
  const { notify, job } = session
  if (!(error instanceof PromptmillError && error.code === 'disk')) {
    await results.drop()
    throw error
  }
  notify.onWriting?.()
  const answered = await results.finish().then(
    ({ tally }) => tally.summary(0).rows.ok > 0,
    () => false,
  )
  const { file } = job.place
  if (answered && file !== undefined) notify.onNotice?.(`What was answered is in ${file}`)
  throw error
}

/** Settings of how results are written, beside what they hold. */
const resultSettings = ['excel', 'select', 'outputPrefix'] as const

/** Whether this session writes its results in another way than the one before. */
const writesOtherwise = ({ job: { earlier }, settings }: Session): boolean =>
  resultSettings.some(key => JSON.stringify(earlier?.settings[key] ?? null) !== JSON.stringify(settings[key] ?? null))

/** Nothing is sent, but a later session shall write its results in the same way. */
const keepSettings = async (session: Session): Promise<void> => {
  const { earlier } = session.job
  if (earlier !== undefined) await writeRunManifest(session, { simulated: earlier.simulated })
}

/** Sends what is to be sent, and writes the results behind it. */
const sendAndWrite = async (
  session: Session,
  work: SessionWork,
  compared: boolean,
): Promise<{ readonly report: SessionReport; readonly projection: Projection }> => {
  const results = startResults(session, work.plan, compared && work.endpoint !== undefined)
  const report = await journalSession(session, work, results.advance).catch(error =>
    endResults(session, results, error),
  )
  session.notify.onWriting?.()
  return { report, projection: await results.finish() }
}

/** Looks on while a session of `retry` is planned, and has a word before it sends. */
export interface RetrialWatch {
  readonly watch: PlanWatch
  /** @throws PromptmillError what forbids to go on */
  onPlanned(plan: ComparedPlan, memory: Recollection): Promise<void>
  close(): Promise<void>
}

/** What `retry` adds to a run: another choice of rows, perhaps other requests for them, and somebody who looks on. */
export interface WatchedRetrial extends Retrial {
  open(session: Session): RetrialWatch
}

/** What else a run can be told. */
export interface RunExtras {
  readonly notify?: Notify | undefined
  readonly retrial?: WatchedRetrial | undefined
  /** Sends some of the rows alone. */
  readonly pick?: PickRows | undefined
}

/** Plans, and lets a retry have its word. */
const planRun = async (
  session: Session,
  { memory, setAside }: Memory,
  retrial: WatchedRetrial | undefined,
): Promise<ComparedPlan> => {
  if (retrial === undefined) return planSession(session, memory)
  if (setAside) throw lostSimulator()
  const watch = retrial.open(session)
  try {
    const planned = await planSession(session, memory, watch.watch)
    await watch.onPlanned(planned, memory)
    return planned
  } finally {
    await watch.close()
  }
}

/** Chooses which of the rows to be sent are sent in this session, for a sample. */
export type PickRows = (table: RowTable) => ReadonlySet<number>

/** Below it what a plan leaves behind is a few megabytes. */
const manyRows = 100_000

const idle: SessionReport = { stop: undefined, settled: 0, sentMs: 0, doubts: createCallDoubts().total() }

/** Nothing is to be sent, and the journal knows all there is: the results alone are written. */
const writeAgain = async (session: Session, plan: Plan) => {
  if (writesOtherwise(session)) await keepSettings(session)
  session.notify.onWriting?.()
  return { report: idle, projection: await startResults(session, plan, false).finish() }
}

/** Where a session left its results, and what it takes to go on from there. */
const toPlace = ({ job, cap }: Session): Pick<RunResult, 'results' | 'runFolder' | 'capUsd'> => ({
  results: job.place.file,
  runFolder: job.folder,
  capUsd: cap?.capUsd,
})

/** Nothing has changed since the run was finished: the results stand where they are, and all is said as before. */
const tellFinished = (session: Session, finished: Finished, began: number): RunResult => {
  const { notify, ports } = session
  const { summary, plan, examples, faults } = finished
  if (faults !== undefined) notify.onNotice?.(faults)
  notify.onPlan?.(plan)
  return {
    summary,
    ...toPlace(session),
    plan,
    stop: undefined,
    examples,
    session: { wallMs: ports.clock.now() - began, sentMs: 0, settled: 0 },
    accuracy: undefined,
  }
}

/**
 * Runs a file of prompts: sends every row that has no answer yet and writes the results. The same call again resumes.
 * With a `retrial`, settled rows are sent again and no others; that is all that `retry` adds.
 * @throws PromptmillError when the run cannot begin or its disk fails; a row that fails, or an endpoint that stops the
 * run, is told in the result
 */
export const run = async (
  options: RunOptions,
  ports: Ports,
  { notify = {}, retrial, pick }: RunExtras = {},
): Promise<RunResult> => {
  const began = ports.clock.now()
  const session = await openSession(options, ports, { notify, retrial })
  const { job, settings } = session
  const door = createEndpointDoor(settings, { apiKey: options.apiKey, env: ports.env })
  const whole = retrial === undefined && pick === undefined && notify.onOutcome === undefined
  try {
    const finished = whole && job.earlier !== undefined ? await recallFinished(session) : undefined
    if (finished !== undefined) return tellFinished(session, finished, began)
    // A first session cannot do without its endpoint: a missing key should not wait for millions of rows to be read.
    if (job.earlier === undefined) await door.open()
    const { signal } = options
    const memory = await remember(job.folder, settings, { signal, withPlaces: isOtherInput(job) })
    const planned = await planRun(session, memory, retrial)
    const plan = pick === undefined ? planned : { ...planned, only: pick(planned.table) }
    // The tables that the plan was made with: 25 MB of a million rows, beside all that the sending then takes.
    if (plan.counts.rows >= manyRows) ports.collect?.()
    await keepPrices(settings.prices, job.folder)
    const prepare = async (): Promise<SessionWork> => {
      const endpoint = plan.counts.pending > 0 ? await door.open() : undefined
      if (endpoint !== undefined) await checkRoom(session, plan)
      if (endpoint !== undefined) warnOfPrices(session, plan)
      if (endpoint !== undefined) await warnOfBlindModels(session, plan)
      await writeRunManifest(session, { simulated: memory.expectSimulated === true, endpoint })
      return { ...memory, plan, endpoint }
    }
    const { report, projection } = hasNews({ plan, ...memory })
      ? await sendAndWrite(session, await prepare(), retrial === undefined)
      : await writeAgain(session, plan)
    const { tally, examples, accuracy } = projection
    const { wallMs, doubts } = memory.memory
    // Without anything to send the journal may still have heard of rows that are gone.
    const sent = plan.counts.pending > 0
    const summary = tally.summary(wallMs + report.sentMs, toUnclear(doubts, report.doubts))
    // Only the answers tell whether the endpoint behind a base URL was the simulator. The session that had them first may
    // have been killed before it said so.
    if (summary.simulated && (await readManifest(job.folder))?.simulated !== true) {
      await writeRunManifest(session, { simulated: true })
    }
    if (whole) {
      await noteFinished(session, { summary, plan: plan.counts, examples, faults: describeFaults(plan) })
    }
    return {
      summary,
      ...toPlace(session),
      plan: plan.counts,
      stop: report.stop,
      examples,
      session: { wallMs: ports.clock.now() - began, sentMs: sent ? report.sentMs : 0, settled: report.settled },
      accuracy,
    }
  } finally {
    await door.close()
    await job.close()
  }
}
