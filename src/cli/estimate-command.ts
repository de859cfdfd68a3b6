import { estimate } from '../commands/estimate.js'
import type { RowSource } from '../commands/run-settings.js'
import { systemClock } from '../core/clock.js'
import type { EstimateFlags } from '../core/options.js'
import { createCountingView } from './counting-view.js'
import { readEnvironment } from './environment.js'
import { renderEstimate } from './estimate-table.js'
import type { Viewing } from './run-command.js'
import { paint, type Terminal } from './terminal.js'

/** What `estimate` is given. */
export interface EstimateCommand {
  readonly flags: EstimateFlags
  readonly viewing: Viewing
  readonly json: boolean
}

/** `promptmill estimate`: a table on standard error for people, or one JSON object on standard output. */
export const estimateCommand = async (
  terminal: Terminal,
  input: string,
  { flags, viewing, json }: EstimateCommand,
): Promise<number> => {
  const source: RowSource = input === '-' ? { bytes: terminal.stdin } : input
  const ports = { env: readEnvironment(terminal.env), clock: systemClock, random: Math.random, out: terminal.out }
  const view = createCountingView(viewing.quiet ? 'none' : viewing.progress, terminal, systemClock)
  const found = await estimate({ ...flags, input: source }, ports, { onCounting: view.show }).finally(view.close)
  for (const warning of found.warnings) terminal.say(`${paint(terminal, 'yellow', 'note:')} ${warning}`)
  if (json) await terminal.out(`${JSON.stringify(found)}\n`)
  else for (const line of renderEstimate(terminal, found)) terminal.say(line)
  return 0
}
