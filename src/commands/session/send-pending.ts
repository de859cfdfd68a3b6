import { countOf, showCount } from '../../core/count-words.js'
import { failureClassOf } from '../../core/failures.js'
import type { Request } from '../../core/model.js'
import type { Price } from '../../core/outcome.js'
import type { RecordSink } from '../../core/records.js'
import type { RecordReader } from '../../journal/reader.js'
import { createMeasurer } from '../../pricing/request-size.js'
import type { Endpoint } from '../../send/client.js'
import type { Budget, SendEvent, SendStop, Settlement } from '../../send/contract.js'
import { dispatch } from '../../send/dispatch.js'
import { fitConcurrency, readOpenFiles } from '../../send/open-files.js'
import { roughTokens } from '../../send/rough-tokens.js'
import { createSender } from '../../send/sender.js'
import { createTransport } from '../../send/transport.js'
import type { EndSignals } from '../interrupted.js'
import type { Notify, Ports } from '../ports.js'
import { readOutcome } from '../results/project.js'
import { createCopyReports } from './copy-reports.js'
import { pendingRequests, type RequestSource } from './pending-requests.js'
import { createMeter } from './send-meter.js'
import type { RunSettings } from './settings.js'

/** Everything the sending works with. */
export interface SendJob extends RequestSource {
  readonly endpoint: Endpoint
  readonly journal: RecordSink
  readonly reader: RecordReader
  readonly price: Price
  readonly budget: Budget | undefined
  readonly expectSimulated: boolean | undefined
  /** Called after each row that the table has as settled, with how many of its calls nobody bills. */
  readonly onSettled: (unbilledCalls: number) => void
}

/** What a session did. */
export interface SendReport {
  readonly stop: SendStop | undefined
  /** Rows settled. */
  readonly settled: number
}

/** Counts the prompt of one request. The tokenizer is loaded with the first that is asked for. */
const createPromptCounter = () => {
  const measure = createMeasurer()
  return async ({ body }: Request): Promise<number> => (await measure([body]))[0]?.promptTokens ?? 0
}

/** `--concurrency`, or less where the system allows too few open files; that is said. */
const decideConcurrency = async ({ concurrency, simulate }: RunSettings, { onNotice }: Notify): Promise<number> => {
  const files = await readOpenFiles()
  if (files === undefined) return concurrency
  const fitting = fitConcurrency(concurrency, files, { socketsPerRequest: simulate ? 2 : 1 })
  if (fitting < concurrency) {
    onNotice?.(
      `At most ${countOf(fitting, 'request')} at once, not ${showCount(concurrency)}: the system lets a process open ${showCount(files.limit)} files (raise it: ulimit -n)`,
    )
  }
  return fitting
}

/** Calls once when the signal aborts, also when it already has; the returned function forgets it. */
const onAbort = (signal: AbortSignal | undefined, call: () => void): (() => void) => {
  if (signal?.aborted === true) call()
  signal?.addEventListener('abort', call, { once: true })
  return () => signal?.removeEventListener('abort', call)
}

/** Counts, by row, the calls of this session that were turned away or never sent. */
const createUnbilled = () => {
  const counts = new Map<number, number>()
  return {
    see(event: SendEvent): void {
      if (event.kind !== 'failure') return
      const failureClass = failureClassOf(event.code)
      if (failureClass !== 'refused' && failureClass !== 'never-sent') return
      counts.set(event.row, (counts.get(event.row) ?? 0) + 1)
    },
    take(row: number): number {
      const count = counts.get(row) ?? 0
      counts.delete(row)
      return count
    },
  }
}

/** Sends the pending rows and brings each to its end. Every answer is in the journal, synced, before it is counted. */
export const sendPending = async (
  job: SendJob,
  ports: Ports,
  { notify, signals }: { notify: Notify; signals: EndSignals },
): Promise<SendReport> => {
  const { settings, input, plan, endpoint } = job
  const { table } = plan
  const source = { table, reader: job.reader, price: job.price, judge: settings.judge }
  const copies =
    notify.onOutcome && plan.copies.rows > 0
      ? createCopyReports(source, { input, only: plan.only, onOutcome: notify.onOutcome })
      : undefined
  const { retries, retryInvalid, rpm, tpm } = settings
  const concurrency = await decideConcurrency(settings, notify)
  const transport = createTransport(endpoint, {
    clock: ports.clock,
    connections: concurrency,
    timeoutMs: settings.timeout * 1000,
    // A proxy of the environment is for the world outside, not for the endpoint in this very process.
    env: settings.simulate ? {} : ports.env,
  })
  const meter = createMeter(job, ports.clock)
  const unbilled = createUnbilled()
  const maxWaitMs = settings.maxWait * 1000
  const sender = createSender(
    {
      concurrency,
      retries,
      retryInvalid,
      rpm,
      tpm,
      maxWaitMs,
      rowTimeoutMs: settings.timeout * 1000 * (retries + 1),
      expectSimulated: job.expectSimulated,
    },
    {
      transport,
      journal: job.journal,
      clock: ports.clock,
      random: ports.random,
      estimateTokens: roughTokens,
      countTokens: createPromptCounter(),
      scrub: endpoint.scrub,
      scrubAnswer: endpoint.scrubAnswer,
      budget: job.budget,
      judge: settings.judge,
      onEvent: event => {
        meter.seeEvent(event)
        unbilled.see(event)
        // Whatever the answer turns out to be worth, it is a part of the row's story and of its cost.
        if (event.kind === 'answer') table.addPosition(event.row, event.position)
      },
    },
  )
  const onSettled = (request: Request, settlement: Settlement): void => {
    meter.seeSettled(settlement.status)
    const unbilledCalls = unbilled.take(request.row)
    if (settlement.status === 'left') return
    if (settlement.status === 'failed' && settlement.record === 'failure') {
      table.addPosition(request.row, settlement.position)
    }
    table.settle(request.row)
    job.onSettled(unbilledCalls)
    if (notify.onOutcome === undefined) return
    const { row, line } = request
    notify.onOutcome({ row: row + 1, line, source: input.sourceOf(row), outcome: readOutcome(source, row) })
    copies?.settled(row)
  }
  const forget = [onAbort(signals.signal, () => sender.drain()), onAbort(signals.abandonSignal, () => sender.abort())]
  notify.onSending?.(() => meter.progress(sender))
  try {
    await dispatch(pendingRequests(job, { clock: ports.clock, ready: notify.ready, copies }), sender, {
      onSettled,
      earlierAttempts: request => table.attempts(request.row),
    })
    if (sender.stop !== undefined) await copies?.finish(notify.ready)
  } finally {
    for (const drop of forget) drop()
    notify.onSent?.()
    await transport.close()
  }
  return { stop: sender.stop, settled: meter.settled }
}
