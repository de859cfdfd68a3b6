import { interruptedReading } from '../commands/interrupted.js'
import { namePlace } from '../commands/plan/row-name.js'
import type { Notify, PlanCounts, Ports, RetryForecast } from '../commands/ports.js'
import { type RunResult, run } from '../commands/run.js'
import { systemClock } from '../core/clock.js'
import { PromptmillError } from '../core/errors.js'
import type { RunFlags } from '../core/options.js'
import { renderAccuracy } from './accuracy-lines.js'
import { readEnvironment } from './environment.js'
import { type Interrupts, listenForInterrupts } from './interrupts.js'
import { showPlain } from './plain-text.js'
import { createProgress, type ProgressDisplay, type ProgressMode } from './progress.js'
import { type CommandLine, quoteWords } from './quote.js'
import { reportError } from './report-error.js'
import { renderResumeLine } from './resume-line.js'
import { toRowSource } from './row-source.js'
import { paint, type Terminal } from './terminal.js'
import { renderTotals, showCount } from './totals.js'

/** How a command is watched and told to end. */
interface Watch {
  readonly ports: Ports
  readonly notify: Notify
  readonly interrupts: Interrupts
}

/** What a person sees of a session. */
export interface Viewing {
  readonly progress: ProgressMode
  readonly quiet: boolean
}

const createPorts = (terminal: Terminal): Ports => ({
  env: readEnvironment(terminal.env),
  clock: systemClock,
  random: Math.random,
  out: terminal.outForeign,
})

/** Says before the sending what an earlier session has left to do; machines have the event. */
const withPlanLine = (display: ProgressDisplay, quiet: boolean, { renderPlan, renderRetry }: Work): Notify => {
  const { notify, onResult } = display
  const say = (line: string | undefined): void => {
    if (line !== undefined && !quiet && onResult === undefined) display.say(line)
  }
  return {
    ...notify,
    onPlan(plan) {
      notify.onPlan?.(plan)
      say(renderPlan(plan))
    },
    onRetry(forecast) {
      notify.onRetry?.(forecast)
      say(renderRetry?.(forecast))
    },
  }
}

/** What a command that sends is given. */
export interface SendingCommand {
  readonly flags: RunFlags
  readonly viewing: Viewing
  readonly line: CommandLine
}

/** How a command works, and what it says of its plan. */
interface Work {
  readonly renderPlan: (plan: PlanCounts) => string | undefined
  readonly renderRetry?: (forecast: RetryForecast) => string
  start(watch: Watch): Promise<RunResult>
}

/** Runs a use case that sends, with progress on stderr and Ctrl-C in hand, and tells how it ended. */
export const watchSession = async (
  terminal: Terminal,
  { viewing, line }: Pick<SendingCommand, 'viewing' | 'line'>,
  work: Work,
): Promise<number> => {
  const { progress, quiet } = viewing
  const ports = createPorts(terminal)
  const display = createProgress(quiet ? 'none' : progress, { terminal, clock: ports.clock })
  const interrupts = listenForInterrupts(process, display.say)
  try {
    const notify = withPlanLine(display, quiet, work)
    const result = await work.start({ ports, notify: interrupts.follow(notify), interrupts })
    display.close()
    if (display.onResult === undefined) sayEnd(terminal, result, { quiet, again: line.text })
    else display.onResult(result)
    return exitStatus(result, interrupts)
  } catch (error) {
    display.close()
    const status = reportError(terminal, error, line.text)
    return isInterrupted(error) ? (interrupts.exitStatus() ?? status) : status
  } finally {
    display.close()
    interrupts.stop()
  }
}

const isInterrupted = (error: unknown): boolean => error instanceof PromptmillError && error.code === 'interrupted'

const sayFailures = (terminal: Terminal, { examples, summary }: RunResult): void => {
  for (const { code, message, ...place } of examples) {
    terminal.say(`${paint(terminal, 'red', code)} ${namePlace(place)}: ${showPlain(message)}`)
  }
  const untold = summary.rows.failed - examples.length
  if (untold > 0) terminal.say(paint(terminal, 'dim', `… and ${showCount(untold)} more, each in its error_message`))
}

const exitStatus = ({ stop, summary }: RunResult, interrupts: Interrupts): number => {
  const interrupted = stop?.code === 'drained' || stop?.code === 'aborted'
  if (interrupted) return interrupts.exitStatus() ?? 130
  if (stop !== undefined || summary.rows.pending > 0) return 1
  return summary.rows.failed > 0 ? 3 : 0
}

/** The last words of a session: totals, failures, and the command that goes on from here. */
const sayEnd = (terminal: Terminal, result: RunResult, { quiet, again }: { quiet: boolean; again: string }): void => {
  const { stop, summary, results, runFolder } = result
  sayFailures(terminal, result)
  if (!quiet) {
    const place = results ?? `standard output (run folder ${runFolder})`
    const accuracy = renderAccuracy(result.accuracy)
    const lines = renderTotals(terminal, summary, { pace: result.session, results: place, accuracy })
    for (const line of lines) terminal.say(line)
  }
  if (stop !== undefined) {
    terminal.say(`${paint(terminal, 'red', 'stopped:')} ${showPlain(stop.message)}`)
    if (stop.hint !== undefined) terminal.say(`  ${paint(terminal, 'cyan', 'hint:')} ${stop.hint}`)
    terminal.say(`resume with: ${again}`)
  } else if (summary.rows.pending > 0) {
    terminal.say(`${showCount(summary.rows.pending)} rows are pending: the run command sends them`)
  } else if (summary.rows.failed > 0) {
    terminal.say(`retry with: ${quoteWords(['promptmill', 'retry', results ?? runFolder])}`)
  }
}

/** How Ctrl-C and its kin are told to a session. */
export const endSignals = ({ signal, abandonSignal, dropSignal }: Interrupts) => ({ signal, abandonSignal, dropSignal })

/** Nobody waits for standard input any more once the signal has come: what feeds it may never end. */
const endInput = (stdin: Terminal['stdin'], signal: AbortSignal): void => {
  const end = (): void => {
    // Whoever reads is told; when nobody reads yet, the error would end the process.
    stdin.on?.('error', () => undefined)
    stdin.destroy?.(interruptedReading())
  }
  signal.addEventListener('abort', end, { once: true })
}

/** `promptmill run` */
export const runCommand = (terminal: Terminal, inputs: readonly string[], command: SendingCommand): Promise<number> => {
  const input = toRowSource(terminal, inputs)
  return watchSession(terminal, command, {
    renderPlan: renderResumeLine,
    start({ ports, notify, interrupts }) {
      if (typeof input !== 'string') endInput(terminal.stdin, interrupts.signal)
      return run({ ...command.flags, ...endSignals(interrupts), input }, ports, { notify })
    },
  })
}
