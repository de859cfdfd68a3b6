import { PromptmillError } from '../core/errors.js'
import type { Summary } from '../core/summary.js'
import type { SendStop } from '../send/contract.js'
import type { SimulatorOptions } from '../simulator/options.js'
import { type Simulator, type SimulatorHooks, startSimulator } from '../simulator/start.js'
import type { CheckOptions, CheckReport } from './check.js'
import type { Estimate } from './estimate/report.js'
import type { EstimateOptions } from './estimate.js'
import { checkOptions, checkResults } from './library-options.js'
import type { PlanCounts, Ports, RetryForecast, RowOutcome } from './ports.js'
import type { Accuracy } from './results/accuracy.js'
import type { FailedExample } from './results/project.js'
import { estimateRetry, type RetryEstimate, type RetryOptions, retry } from './retry.js'
import { type RunResult, run } from './run.js'
import type { SchemaOption } from './session/answer-form.js'
import { nameSource } from './session/resolve-source.js'
import type { RunOptions } from './session/settings.js'
import { readStatus } from './status.js'

/** Callbacks of a run. */
export interface Listeners<Parsed = unknown> {
  /** Called for each row as it settles, after its answer is synced to the journal. An exception ends the run in order. */
  readonly onOutcome?: ((row: RowOutcome<Parsed>) => void) | undefined
  /** Called once, before anything is sent, with what becomes of each row and how the input changed. */
  readonly onPlan?: ((plan: PlanCounts) => void) | undefined
  /** Called once in a `retry` that has something to send, before it is sent. */
  readonly onRetry?: ((forecast: RetryForecast) => void) | undefined
  /** Called with sentences that the command line would print: an unknown price, rows that fail unsent. */
  readonly onNotice?: ((text: string) => void) | undefined
}

/** What a program gives to `run` and `stream`. `Parsed` is what its schema makes of an answer. */
export interface LibraryOptions<Parsed = unknown> extends Omit<RunOptions, 'schema'>, Listeners<Parsed> {
  /**
   * What every answer must fit: the path of a JSON Schema, the schema itself, or one of a validation library such as Zod,
   * by the Standard Schema interface. The value of a fitting answer is `outcome.parsed`.
   */
  readonly schema?: SchemaOption<Parsed> | undefined
}

/** The totals of a run and where its files are. */
export interface RunSummary extends Summary {
  /** Path of the results; undefined when they went to standard output. */
  readonly results: string | undefined
  readonly runFolder: string
  readonly plan: PlanCounts
  /** Why the run ended before every row was settled; the same call resumes. Undefined when it did not. */
  readonly stop: SendStop | undefined
  /** Failed rows, the first few of each error code. */
  readonly examples: readonly FailedExample[]
  /** How true an estimate before this call would have been; undefined when nothing was sent, or nothing reported. */
  readonly accuracy: Accuracy | undefined
}

const flatten = ({ summary, session: _session, capUsd: _cap, ...rest }: RunResult): RunSummary => ({
  ...summary,
  ...rest,
})

/** Parts options into callbacks, without those that are not given, and the rest. */
const takeListeners = <T extends Listeners>({ onOutcome, onPlan, onRetry, onNotice, ...rest }: T) => ({
  listeners: {
    ...(onOutcome === undefined ? {} : { onOutcome }),
    ...(onPlan === undefined ? {} : { onPlan }),
    ...(onRetry === undefined ? {} : { onRetry }),
    ...(onNotice === undefined ? {} : { onNotice }),
  },
  rest,
})

/** Hands outcomes from a callback to an iterator, and holds the run back while the reader is slow. */
const createHandover = <Parsed>() => {
  const waiting: RowOutcome<Parsed>[] = []
  let wakeReader: (() => void) | undefined
  let wakeRun: (() => void) | undefined
  let ended = false
  const wake = (): void => {
    wakeReader?.()
    wakeReader = undefined
  }
  return {
    give(row: RowOutcome<Parsed>): void {
      waiting.push(row)
      wake()
    },
    end(): void {
      ended = true
      wake()
    },
    /** Resolves when the reader has taken everything. */
    ready: (): Promise<void> =>
      waiting.length === 0 || ended
        ? Promise.resolve()
        : new Promise(resolve => {
            wakeRun = resolve
          }),
    release(): void {
      ended = true
      wakeRun?.()
    },
    async *read(): AsyncGenerator<RowOutcome<Parsed>, void> {
      for (;;) {
        const row = waiting.shift()
        if (row !== undefined) yield row
        else if (ended) return
        else {
          wakeRun?.()
          wakeRun = undefined
          await new Promise<void>(resolve => {
            wakeReader = resolve
          })
        }
      }
    },
  }
}

/** `retry`, with or without `dryRun`. */
export interface Retry {
  /** Tells what the same call without `dryRun` would send, and what it would cost. Needs no key, sends and writes nothing. */
  (options: RetryOptions & { readonly dryRun: true }): Promise<RetryEstimate>
  /**
   * Sends a run's failed rows once more, with the run's own settings or others in their place. `only` chooses by error
   * code; `input` says where the rows are now, if they moved. An answer counts as that of its row whatever it was asked
   * with, and the settings of the run stay what they are.
   * @throws PromptmillError as `run` does; `not_a_run`; `bad_flag` for a code that does not exist
   */
  (options: RetryOptions & Listeners & { readonly dryRun?: false | undefined }): Promise<RunSummary>
}

const retryWith = (ports: Ports): Retry => {
  const start = async (options: RetryOptions & Listeners): Promise<RunSummary | RetryEstimate> => {
    checkOptions('retry', options)
    const { listeners, rest } = takeListeners(options)
    return rest.dryRun === true ? estimateRetry(rest, ports) : flatten(await retry(rest, ports, listeners))
  }
  // Which of the two it is is decided by the one option that the overloads tell apart.
  return start as Retry
}

/** The library's functions over the given ports. */
export const createLibrary = (ports: Ports) => {
  const start = async <Parsed>(options: LibraryOptions<Parsed>, ready?: () => Promise<void>): Promise<RunSummary> => {
    // What is parsed is parsed by the schema of these very options, whose type it therefore has.
    const { listeners, rest } = takeListeners(options as LibraryOptions)
    const notify = { ...listeners, ...(ready === undefined ? {} : { ready }) }
    return flatten(await run(rest, ports, { notify }))
  }

  return {
    /**
     * Sends every row that has no answer yet and writes the results. The same call again resumes.
     * A row that fails is data: it is in the summary and in the results. An endpoint that ends the run (empty account,
     * wrong key, outage) is told in `stop`.
     * @throws PromptmillError when the run cannot begin (wrong option, template or input) or its disk fails
     */
    async run<Parsed = unknown>(options: LibraryOptions<Parsed>): Promise<RunSummary> {
      checkOptions('run', options)
      return start(options)
    },

    /**
     * Runs and yields each row's outcome as it settles, in order of completion. A slow reader slows the run down;
     * leaving the loop early ends it in order: what is in flight is kept, and the same call resumes.
     * Returns the summary.
     */
    async *stream<Parsed = unknown>(options: LibraryOptions<Parsed>): AsyncGenerator<RowOutcome<Parsed>, RunSummary> {
      checkOptions('stream', options)
      const handover = createHandover<Parsed>()
      const leave = new AbortController()
      const drop = (): void => leave.abort()
      options.signal?.addEventListener('abort', drop, { once: true })
      if (options.signal?.aborted === true) drop()
      const onOutcome = (row: RowOutcome<Parsed>): void => {
        options.onOutcome?.(row)
        handover.give(row)
      }
      const running = start({ ...options, onOutcome, signal: leave.signal }, handover.ready)
      // Read to its end below; until then a failure must not count as unhandled.
      running.then(handover.end, handover.end)
      try {
        yield* handover.read()
        return await running
      } finally {
        leave.abort()
        handover.release()
        options.signal?.removeEventListener('abort', drop)
        await running.catch(() => undefined)
      }
    },

    retry: retryWith(ports),

    /**
     * What a run with these options would take: tokens, money, time. Sends nothing and leaves nothing on disk, unless
     * `sample` asks rows; their answers are then kept for the run.
     * @throws PromptmillError for what a run would refuse, when not a single row can be sent, or when a sample stops
     */
    async estimate(options: EstimateOptions): Promise<Estimate> {
      checkOptions('estimate', options)
      const { estimate } = await import('./estimate.js')
      return estimate(options, ports)
    },

    /**
     * Reads every row and reports every fault, with row and line. Sends nothing and leaves nothing on disk. Where nothing
     * can be read, for a wrong template or an input that is not there, the fault is the only finding.
     * @throws PromptmillError `bad_flag` for an option that there is not, or of another type
     */
    async check(options: CheckOptions): Promise<CheckReport> {
      checkOptions('check', options)
      const { check, reportRefusal } = await import('./check.js')
      return check(options, ports).catch((error: unknown) => {
        if (error instanceof PromptmillError) return reportRefusal(nameSource(options.input), error)
        throw error
      })
    },

    /** What stands, read from the journal alone. @param results path of the results or of the run folder */
    async status(results: string): Promise<Summary> {
      checkResults('status', results)
      const { summary } = await readStatus(results)
      return summary
    },

    /**
     * Starts a local endpoint that speaks the chat API, on 127.0.0.1 alone: to rehearse a run without a key or a cent,
     * and to test against. Its answers follow from model, messages and seed; limits, latency and faults from the options.
     * @param hooks `respond` lets a test play any reply on any call
     * @throws PromptmillError `bad_flag` for an option that there is not or that is out of range, and for a port that is
     * taken
     */
    async startSimulator(options: SimulatorOptions = {}, hooks: SimulatorHooks = {}): Promise<Simulator> {
      checkOptions('startSimulator', options)
      return startSimulator(options, hooks)
    },
  }
}
