import { namePlace } from '../commands/plan/row-name.js'
import type { Notify, PlanCounts, Ports, RetryForecast } from '../commands/ports.js'
import type { RunResult } from '../commands/run.js'
import { showCount } from '../core/count-words.js'
import { PromptmillError } from '../core/errors.js'
import { renderAccuracy } from './accuracy-lines.js'
import { type Interrupts, listenForInterrupts } from './interrupts.js'
import { renderLastWords } from './last-words.js'
import { showPlain } from './plain-text.js'
import { createPorts } from './ports.js'
import { createProgress, type ProgressDisplay } from './progress.js'
import { quoteWords } from './quote.js'
import { reportError } from './report-error.js'
import { paint, type Terminal } from './terminal.js'
import { renderTotals } from './totals.js'
import { progressModeOf, type Viewing } from './viewing.js'

/** How a command is watched and told to end. */
interface Watch {
  readonly ports: Ports
  readonly notify: Notify
  readonly interrupts: Interrupts
}

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

/** How a command that sends is seen, and how it goes on. */
export interface WatchedCommand {
  readonly viewing: Viewing
  /** The command line as it was typed: it resumes the session. */
  readonly words: readonly string[]
}

/** How a command works, and what it says of its plan. */
interface Work {
  readonly renderPlan: (plan: PlanCounts) => string | undefined
  readonly renderRetry?: (forecast: RetryForecast) => string
  start(watch: Watch): Promise<RunResult>
}

/** Runs a use case that sends, with progress on stderr and Ctrl-C in hand, and tells how it ended. */
export const watchSession = async (terminal: Terminal, command: WatchedCommand, work: Work): Promise<number> => {
  const { viewing, words } = command
  const { quiet } = viewing
  const ports = createPorts(terminal)
  const display = createProgress(progressModeOf(viewing), { terminal, clock: ports.clock })
  const interrupts = listenForInterrupts(process, display.say)
  try {
    const notify = withPlanLine(display, quiet, work)
    const result = await work.start({ ports, notify: interrupts.follow(notify), interrupts })
    display.close()
    if (display.onResult === undefined) sayEnd(terminal, result, command)
    else display.onResult(result)
    return exitStatus(result, interrupts)
  } catch (error) {
    display.close()
    const status = reportError(terminal, error, quoteWords(words))
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
const sayEnd = (terminal: Terminal, result: RunResult, { viewing: { quiet }, words }: WatchedCommand): void => {
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
  }
  for (const line of renderLastWords(result, words)) terminal.say(line)
}

/** How Ctrl-C and its kin are told to a session. */
export const endSignals = ({ signal, abandonSignal, dropSignal }: Interrupts) => ({ signal, abandonSignal, dropSignal })
