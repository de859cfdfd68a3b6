import { check, reportRefusal } from '../commands/check.js'
import { showRequest } from '../commands/show.js'
import { PromptmillError } from '../core/errors.js'
import type { RunFlags } from '../core/options.js'
import { renderCheck } from './check-report.js'
import { createReadingView } from './counting-view.js'
import { createPorts } from './ports.js'
import { toRowSource } from './row-source.js'
import type { Terminal } from './terminal.js'
import { progressModeOf, type Viewing } from './viewing.js'

/** What `check` is given. */
export interface CheckCommand {
  readonly flags: RunFlags
  readonly viewing: Viewing
  /** The row whose request is printed, counted from 1, in place of the report. */
  readonly show: number | undefined
  readonly json: boolean
}

/** Prints what was asked for; 0 when there is no fault, else 2. */
const tell = async (
  terminal: Terminal,
  inputs: readonly string[],
  { flags, viewing, show, json }: CheckCommand,
): Promise<number> => {
  const source = toRowSource(terminal, inputs)
  const ports = createPorts(terminal)
  if (show !== undefined) {
    await terminal.outForeign(`${await showRequest({ ...flags, input: source }, show, ports)}\n`)
    return 0
  }
  const view = createReadingView(progressModeOf(viewing), terminal, ports.clock)
  const report = await check({ ...flags, input: source }, ports, { onReading: view.show }).finally(view.close)
  // Colours are asked for by standard error; a report in a file has none.
  const lines = json ? [JSON.stringify(report)] : renderCheck({ color: false }, report)
  await terminal.outForeign(`${lines.join('\n')}\n`)
  return report.ok ? 0 : 2
}

/**
 * `promptmill check`: the report, or one row's request, on standard output; 0 when there is no fault, else 2. A program
 * that asked for JSON gets its object also where nothing could be read.
 */
export const checkCommand = async (
  terminal: Terminal,
  inputs: readonly string[],
  command: CheckCommand,
): Promise<number> => {
  try {
    return await tell(terminal, inputs, command)
  } catch (error) {
    if (command.json && error instanceof PromptmillError) {
      await terminal.outForeign(`${JSON.stringify(reportRefusal(inputs.join(', '), error))}\n`)
    }
    throw error
  }
}
