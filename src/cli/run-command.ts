import type { Notify, Ports } from '../commands/ports.js'
import { retry } from '../commands/retry.js'
import { type RunResult, run } from '../commands/run.js'
import type { RowSource, RunOptions } from '../commands/run-settings.js'
import { systemClock } from '../core/clock.js'
import type { RunFlags } from '../core/options.js'
import { readEnvironment } from './environment.js'
import { type Interrupts, listenForInterrupts } from './interrupts.js'
import { createProgress, type ProgressMode } from './progress.js'
import { type CommandLine, quoteWords } from './quote.js'
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
  out: terminal.out,
})

const drainHint = 'Finishing what is in flight; press Ctrl-C again to abandon it'

/** Runs a use case that sends, with progress on stderr and Ctrl-C in hand. */
const watchSession = async (
  terminal: Terminal,
  { progress, quiet }: Viewing,
  work: (watch: Watch) => Promise<RunResult>,
): Promise<{ result: RunResult; interrupts: Interrupts }> => {
  const ports = createPorts(terminal)
  const display = createProgress(quiet ? 'none' : progress, { terminal, clock: ports.clock })
  const interrupts = listenForInterrupts(process, () => display.say(drainHint))
  const notify: Notify = {
    ...display.notify,
    onNotice: text => display.say(`${paint(terminal, 'yellow', 'note:')} ${text}`),
  }
  try {
    return { result: await work({ ports, notify, interrupts }), interrupts }
  } finally {
    display.close()
    interrupts.stop()
  }
}

const sayFailures = (terminal: Terminal, { examples, summary }: RunResult): void => {
  for (const { code, row, line, message } of examples) {
    terminal.say(`${paint(terminal, 'red', code)} row ${row} (line ${line}): ${message}`)
  }
  const untold = summary.rows.failed - examples.length
  if (untold > 0) terminal.say(paint(terminal, 'dim', `… and ${showCount(untold)} more, each in its error_message`))
}

const exitStatus = ({ stop, summary }: RunResult, interrupts: Interrupts): number => {
  const interrupted = stop?.code === 'drained' || stop?.code === 'aborted'
  if (interrupted) return interrupts.exitStatus() ?? 130
  if (stop !== undefined) return 1
  return summary.rows.failed > 0 ? 3 : 0
}

/** The last words of a session: totals, failures, and the command that goes on from here. */
const sayEnd = (terminal: Terminal, result: RunResult, { quiet, again }: { quiet: boolean; again: string }): void => {
  const { stop, summary, results, runFolder } = result
  sayFailures(terminal, result)
  if (!quiet) {
    const place = results ?? `standard output (run folder ${runFolder})`
    for (const line of renderTotals(terminal, summary, { pace: result.session, results: place })) terminal.say(line)
  }
  if (stop !== undefined) {
    terminal.say(`${paint(terminal, 'red', 'stopped:')} ${stop.message}`)
    if (stop.hint !== undefined) terminal.say(`  ${paint(terminal, 'cyan', 'hint:')} ${stop.hint}`)
    terminal.say(`resume with: ${again}`)
  } else if (summary.rows.failed > 0) {
    terminal.say(`retry with: ${quoteWords(['promptmill', 'retry', results ?? runFolder])}`)
  }
}

/** `promptmill run` */
export const runCommand = async (
  terminal: Terminal,
  { input, flags, viewing, line }: { input: string; flags: RunFlags; viewing: Viewing; line: CommandLine },
): Promise<number> => {
  const source: RowSource = input === '-' ? { bytes: terminal.stdin } : input
  const { result, interrupts } = await watchSession(
    terminal,
    viewing,
    ({ ports, notify, interrupts: { signal, abandonSignal } }) => {
      const options: RunOptions = { ...flags, input: source, signal, abandonSignal }
      return run(options, ports, { notify })
    },
  )
  sayEnd(terminal, result, { quiet: viewing.quiet, again: line.text })
  return exitStatus(result, interrupts)
}

/** `promptmill retry` */
export const retryCommand = async (
  terminal: Terminal,
  { results, flags, viewing, line }: { results: string; flags: RunFlags; viewing: Viewing; line: CommandLine },
): Promise<number> => {
  const { result, interrupts } = await watchSession(
    terminal,
    viewing,
    ({ ports, notify, interrupts: { signal, abandonSignal } }) =>
      retry({ ...flags, results, signal, abandonSignal }, ports, notify),
  )
  sayEnd(terminal, result, { quiet: viewing.quiet, again: line.text })
  return exitStatus(result, interrupts)
}
