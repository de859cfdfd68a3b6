import { PromptmillError } from '../core/errors.js'
import type { Outcome, Price } from '../core/outcome.js'
import { type EndRecord, journalFormat } from '../core/records.js'
import type { Summary } from '../core/summary.js'
import { version } from '../core/version.js'
import { looksUnchanged } from '../input/fingerprint.js'
import { openJournal } from '../journal/open.js'
import { createRecordReader } from '../journal/reader.js'
import { setJournalAside } from '../journal/set-aside.js'
import { loadPriceBook, type PriceBook } from '../pricing/price-book.js'
import { createDrafts, type Drafts } from '../prompt/drafts.js'
import type { SendStop } from '../send/contract.js'
import { checkChanges } from './changed-settings.js'
import { type Job, openJob } from './job.js'
import { writeMembership } from './membership.js'
import { checkFaults, describeFaults, type Plan, planRows } from './plan.js'
import type { Notify, PlanCounts, Ports } from './ports.js'
import { createDailyPrice } from './price.js'
import { type FailedExample, readRecorded } from './project.js'
import { emptyRecollection, type Recollection, type Remembered, recall } from './recall.js'
import { decideSimulation, openRunEndpoint, type RunEndpoint } from './run-endpoint.js'
import { writeRunManifest } from './run-manifest.js'
import { type RunOptions, type RunSettings, toRunSettings } from './run-settings.js'
import { type SendReport, sendPending } from './send-pending.js'
import { writeResults } from './write-results.js'

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

/** What the steps of a run share. */
interface Stage {
  readonly options: RunOptions
  readonly settings: RunSettings
  readonly ports: Ports
  readonly notify: Notify
  readonly job: Job
  readonly drafts: Drafts
  readonly prices: PriceBook
  readonly price: Price
}

const openStage = async (options: RunOptions, ports: Ports, notify: Notify): Promise<Stage> => {
  const settings = await toRunSettings(options, ports.env)
  const job = await openJob(options.input, settings)
  try {
    const { input } = job.source
    const drafts = createDrafts(settings.requests, input)
    const prices = await loadPriceBook()
    return { options, settings, ports, notify, job, drafts, prices, price: createDailyPrice(prices) }
  } catch (error) {
    await job.close()
    throw error
  }
}

/** What the journal has for this session. */
interface Memory {
  readonly memory: Recollection
  /** Simulated answers are in the way of real ones: the journal is moved aside before anything is sent. */
  readonly setAside: boolean
  readonly expectSimulated: boolean | undefined
}

const remember = async ({ job, settings }: Stage): Promise<Memory> => {
  const memory = await recall(job.folder)
  const verdict = await decideSimulation(settings, memory)
  if (verdict.kind === 'go-on') return { memory, setAside: false, expectSimulated: verdict.expectSimulated }
  return { memory: emptyRecollection(), setAside: true, expectSimulated: undefined }
}

/** Which settled rows are sent once more, by what became of them. */
type ChooseAgain = (outcome: Outcome) => boolean

const plan = async (stage: Stage, memory: Recollection, choose: ChooseAgain | undefined): Promise<Plan> => {
  const { job, settings, drafts, notify, price } = stage
  const { input } = job.source
  const { outputPrefix = '', idColumn } = settings
  const reader = createRecordReader(job.folder)
  const again =
    choose &&
    ((remembered: Remembered): number | undefined => {
      const outcome = readRecorded({ reader, price }, remembered.positions)
      return choose(outcome) ? Math.max(outcome.attempts, remembered.attempts) : undefined
    })
  const planned = await planRows(input, { drafts, memory, outputPrefix, idColumn, again }).finally(() => reader.close())
  checkFaults(planned, input, settings.badRows)
  checkChanges(settings, { plan: planned, memory, earlier: job.earlier })
  const faults = describeFaults(planned)
  if (faults !== undefined) notify.onNotice?.(faults)
  notify.onPlan?.(planned.counts)
  return planned
}

const warnOfPrice = ({ settings, prices, ports, notify }: Stage): void => {
  const { model } = settings.requests
  if (model === undefined || prices.rates(model, new Date(ports.clock.wall())) !== undefined) return
  notify.onNotice?.(`No price is known for ${model}: tokens are counted, cost stays unknown (rates: ${prices.source})`)
}

const endReason = ({ stop }: SendReport): EndRecord['reason'] => {
  if (stop === undefined) return 'finished'
  return stop.code === 'drained' || stop.code === 'aborted' ? 'interrupted' : 'stopped'
}

const toFaultCounts = ({ faults }: Plan): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { fault, count } of faults) counts[fault.code] = (counts[fault.code] ?? 0) + count
  return counts
}

interface Sending extends Memory {
  readonly planned: Plan
  readonly endpoint: RunEndpoint
}

/** Between opening and closing the journal: everything that costs money. */
const send = async (stage: Stage, sending: Sending): Promise<SendReport & { readonly sentMs: number }> => {
  const { planned, memory, endpoint, expectSimulated, setAside } = sending
  const { job, settings, ports, notify, drafts, price, options } = stage
  const { input, fingerprint } = job.source
  const { clock } = ports
  const began = clock.now()
  if (setAside) {
    const name = await setJournalAside(job.folder, 'simulated')
    notify.onNotice?.(`The earlier answers were simulated; they are set aside in ${job.folder}/${name}`)
  }
  const journal = await openJournal(job.folder, { scanned: memory.end, beforeSegment: job.lock.verify })
  const reader = createRecordReader(job.folder)
  const checkInput = async (): Promise<void> => {
    if (await looksUnchanged(input.path, fingerprint)) return
    throw new PromptmillError('input_changed', `${input.name} changed while it was read`, {
      hint: 'Nothing is lost. When the file is at rest, the same command goes on and sends what is new',
    })
  }
  try {
    const { baseUrl } = endpoint.endpoint
    const faults = toFaultCounts(planned)
    const { rows } = planned.counts
    await journal.note({
      kind: 'run',
      at: clock.wall(),
      format: journalFormat,
      version,
      base_url: baseUrl,
      rows,
      faults,
    })
    await writeMembership(planned, memory, { journal, reader, at: clock.wall() })
    const report = await sendPending(
      { settings, input, plan: planned, drafts, price, journal, reader, expectSimulated, checkInput, ...endpoint },
      ports,
      { notify, signals: options },
    )
    const sentMs = Math.round(clock.now() - began)
    await journal.commit({ kind: 'end', at: clock.wall(), reason: endReason(report), wall_ms: sentMs })
    return { ...report, sentMs }
  } finally {
    reader.close()
    await journal.close()
  }
}

/**
 * Runs a file of prompts: sends every row that has no answer yet and writes the results. The same call again resumes.
 * `again` names settled rows to be sent once more; that is all that `retry` adds.
 * @throws PromptmillError when the run cannot begin or its disk fails; a row that fails, or an endpoint that stops the
 * run, is told in the result
 */
export const run = async (
  options: RunOptions,
  ports: Ports,
  { notify = {}, again }: { notify?: Notify; again?: ChooseAgain } = {},
): Promise<RunResult> => {
  const stage = await openStage(options, ports, notify)
  const { job, settings, drafts, price, prices } = stage
  const began = ports.clock.now()
  let endpoint: RunEndpoint | undefined
  const open = async (): Promise<RunEndpoint> => {
    endpoint ??= await openRunEndpoint(settings, { apiKey: options.apiKey, env: ports.env })
    return endpoint
  }
  try {
    // A first session cannot do without its endpoint: a missing key should not wait for millions of rows to be read.
    if (job.earlier === undefined) await open()
    const remembered = await remember(stage)
    const { memory } = remembered
    const planned = await plan(stage, memory, again)
    const now = new Date(ports.clock.wall())
    const manifest = (simulated: boolean, baseUrl: string): Promise<void> =>
      writeRunManifest(job, settings, { simulated, baseUrl, priceSource: prices.source, earlier: job.earlier, now })
    let report: SendReport & { readonly sentMs: number } = { stop: undefined, settled: 0, sentMs: 0 }
    const simulated = settings.simulate || memory.simulated === true
    if (planned.counts.pending > 0) {
      warnOfPrice(stage)
      const opened = await open()
      await manifest(simulated, opened.endpoint.baseUrl)
      report = await send(stage, { ...remembered, planned, endpoint: opened })
    }
    await job.lock.verify()
    const reader = createRecordReader(job.folder)
    try {
      const source = { table: planned.table, reader, price, drafts }
      const { tally, examples } = await writeResults(job, planned, {
        source,
        ports,
        prefix: settings.outputPrefix ?? '',
      })
      const wallMs = ports.clock.now() - began
      return {
        summary: tally.summary(memory.wallMs + report.sentMs),
        results: job.place.file,
        runFolder: job.folder,
        plan: planned.counts,
        stop: report.stop,
        examples,
        session: { wallMs, sentMs: report.sentMs, settled: report.settled },
      }
    } finally {
      reader.close()
    }
  } finally {
    await endpoint?.close()
    await job.close()
  }
}
