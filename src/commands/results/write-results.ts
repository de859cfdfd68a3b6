import { realpath } from 'node:fs/promises'
import { PromptmillError, systemCode } from '../../core/errors.js'
import { remedyFor } from '../../journal/disk-failure.js'
import { createRecordReader } from '../../journal/reader.js'
import { createResultsFile, type TextSink } from '../../output/results-file.js'
import { createRateFinder } from '../../pricing/cost.js'
import type { FindRates } from '../../pricing/demand.js'
import { stopWriting } from '../interrupted.js'
import type { Plan } from '../plan/plan.js'
import type { Ports } from '../ports.js'
import type { Job } from '../session/job.js'
import type { Session } from '../session/session.js'
import { addedShape } from '../session/settings.js'
import { type AccuracyCheck, createAccuracy } from './accuracy.js'
import { createFrontier, type Frontier } from './frontier.js'
import { keepChanged } from './keep-changed.js'
import { type OutcomeSource, type Projection, projectResults } from './project.js'
import { createSpareTime } from './spare-time.js'

/** Standard output as a sink: a reader that has seen enough (`| head`) is no failure. */
const createOutSink = (out: Ports['out']): TextSink => ({
  async write(text) {
    await out(text)
  },
  finish: () => Promise.resolve(),
  discard: () => Promise.resolve(),
})

const openSink = async ({ job, ports, notify }: Session): Promise<TextSink> => {
  const { file } = job.place
  if (file === undefined) return createOutSink(ports.out)
  // A link keeps pointing where it did: the file behind it is replaced.
  const replace = keepChanged(job.folder, kept =>
    notify.onNotice?.(`${file} was changed since it was written: it is kept as ${kept}, and written anew`),
  )
  return createResultsFile(await realpath(file).catch(() => file), replace)
}

const cannotWrite = (job: Job, cause: unknown): PromptmillError =>
  new PromptmillError('disk', `${job.place.file ?? 'The results'} cannot be written (${systemCode(cause)})`, {
    hint: `Every answer is safe in ${job.folder}. ${remedyFor(cause, 'Make room or give permission')}, then give the same command again`,
    cause,
  })

interface WriteOptions {
  readonly source: OutcomeSource
  readonly frontier: Frontier
  /** Compares an estimate with what comes; undefined where that is not asked for. */
  readonly accuracy: AccuracyCheck | undefined
}

/**
 * Writes the results of a run as far as the frontier is: whole or not at all.
 * @throws PromptmillError `disk`, `interrupted`; the answers are in the journal then
 */
const writeResults = async (
  session: Session,
  plan: Plan,
  { source, frontier, accuracy }: WriteOptions,
): Promise<Projection> => {
  const {
    job,
    settings,
    drafts,
    options: { dropSignal },
  } = session
  // Rows that come as they are settled would be mixed with the talk of a run that still goes on.
  const toOut = job.place.file === undefined
  const onBatch = async (lastRow: number): Promise<void> => {
    await frontier.reached(toOut ? Number.POSITIVE_INFINITY : lastRow)
    stopWriting(dropSignal, job.folder)
    // Another process may have taken over while this one was stopped: then these results are not ours to write.
    if (lastRow === Number.POSITIVE_INFINITY) await job.lock.verify()
  }
  await job.lock.verify()
  let sink: TextSink | undefined
  try {
    sink = await openSink(session)
    const shape = { format: job.place.format, columns: plan.columns, excel: settings.excel, ...addedShape(settings) }
    const options = { shape, sink, idColumn: settings.idColumn, onBatch, accuracy }
    return await projectResults(job.source.input, { ...source, drafts }, options)
  } catch (error) {
    await sink?.discard()
    if (error instanceof PromptmillError || systemCode(error) === undefined) throw error
    throw cannotWrite(job, error)
  }
}

/** The results of a session on their way: written behind the sending, so that little is left to do at its end. */
export interface Results {
  /** A row was settled, after so many calls that nobody bills. */
  advance(unbilledCalls: number): void
  /** The sending is over: writes the rest. @throws PromptmillError `disk`, `interrupted` */
  finish(): Promise<Projection>
  /** Leaves the results as they were. Resolves when nothing more is written. */
  drop(): Promise<void>
}

const dropped = (): PromptmillError => new PromptmillError('interrupted', 'The results are not written')

/** Holds an estimate of the rows that this session sends against what they come to. */
const createComparison = ({ drafts, prices, ports }: Session, { table, only, counts }: Plan): AccuracyCheck => {
  const find = createRateFinder(prices, new Date(ports.clock.wall()))
  const findRates: FindRates = size => find(size.model, size.serviceTier, size.promptTokens)
  return createAccuracy({ table, drafts, findRates, toSend: only?.size ?? counts.pending })
}

/**
 * Begins to write the results of a session. What goes wrong on the way is told by `finish`.
 * @param compared whether to tell how true an estimate would have been
 */
export const startResults = (session: Session, plan: Plan, compared: boolean): Results => {
  const { job, settings, price } = session
  const { table, only } = plan
  const frontier = createFrontier(
    table.rows,
    row => {
      const sender = table.sender(row)
      return sender !== undefined && table.isUnsent(sender) && only?.has(sender) !== false
    },
    { hasTime: createSpareTime() },
  )
  const reader = createRecordReader(job.folder)
  const source = { table, reader, price, judge: settings.judge }
  const accuracy = compared ? createComparison(session, plan) : undefined
  const written = writeResults(session, plan, { source, frontier, accuracy }).finally(() => reader.close())
  // The sending goes on whatever becomes of the results: they can be written again, answers cannot.
  written.catch(() => undefined)
  return {
    advance(unbilledCalls) {
      accuracy?.leaveOut(unbilledCalls)
      frontier.advance()
    },
    finish() {
      frontier.open()
      return written
    },
    async drop() {
      frontier.close(dropped())
      await written.catch(() => undefined)
    },
  }
}
