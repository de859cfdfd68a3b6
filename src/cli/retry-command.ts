import type { RetryForecast } from '../commands/ports.js'
import { estimateRetry, retry } from '../commands/retry.js'
import { countOf, showCount } from '../core/count-words.js'
import type { Override } from '../core/model.js'
import { showUsd } from '../core/money.js'
import { flagName, type OptionsOf } from '../core/option-spec.js'
import type { retryOptions } from '../core/options.js'
import { createCountingView } from './counting-view.js'
import { renderEstimate } from './estimate-table.js'
import { showNote } from './note.js'
import { showPlain } from './plain-text.js'
import { createPorts } from './ports.js'
import { renderChangeLine } from './resume-line.js'
import type { Terminal } from './terminal.js'
import { showCounts } from './totals.js'
import { progressModeOf } from './viewing.js'
import { endSignals, type WatchedCommand, watchSession } from './watch-session.js'

/** What `retry` is given. */
export interface RetryCommand extends WatchedCommand {
  readonly flags: OptionsOf<typeof retryOptions>
}

const longestValue = 40

const showValue = (value: unknown): string => {
  const text = showPlain(typeof value === 'string' ? value : JSON.stringify(value))
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

const showOverride = (override: Override): string =>
  Object.entries(override)
    // What another flag has taken the place of.
    .filter(([, value]) => value !== null)
    .flatMap(([key, value]) => [value].flat().map(one => `${flagName(key)} ${showValue(one)}`))
    .join(', ')

/** `5 rows (3 timeout, 2 empty_answer), whose calls 15 others share, with --model gpt-4o` */
const showChoice = ({ rows, codes, copies, override }: Omit<RetryForecast, keyof Costs>): string => {
  const others = showOverride(override)
  const sharing =
    copies === 0 ? '' : `, whose calls ${countOf(copies, 'equal row')} ${copies === 1 ? 'shares' : 'share'}`
  return `${countOf(rows, 'row')} (${showCounts(codes)})${sharing}${others === '' ? '' : `, with ${others}`}`
}

type Costs = Pick<RetryForecast, 'promptTokens' | 'costUsd' | 'unpricedRows'>

const showCost = ({ costUsd, unpricedRows }: Costs): string => {
  if (costUsd === undefined) return 'cost unknown'
  const range = `≈ ${showUsd(costUsd.expected)} (${showUsd(costUsd.low)} to ${showUsd(costUsd.high)})`
  return unpricedRows === 0 ? range : `${range} without ${countOf(unpricedRows, 'row')} whose price is not known`
}

/** `retrying 5 rows (5 empty_answer): 712 prompt tokens, ≈ $0.000704 ($0.000254 to $0.00251)` */
export const renderRetryLine = (forecast: RetryForecast): string => {
  return `retrying ${showChoice(forecast)}: ${showCount(forecast.promptTokens)} prompt tokens, ${showCost(forecast)}`
}

/** What would be sent, as `estimate` shows it; nothing is sent. */
const showDryRun = async (terminal: Terminal, results: string, { flags, viewing }: RetryCommand): Promise<number> => {
  const ports = createPorts(terminal)
  const view = createCountingView(progressModeOf(viewing), terminal, ports.clock)
  const found = await estimateRetry({ ...flags, results }, ports, view.show).finally(view.close)
  for (const warning of found.warnings) terminal.say(showNote(terminal, warning))
  if (found.rows.pending > 0) {
    const { rows, codes, sharing: copies, override } = found
    terminal.say(`would retry ${showChoice({ rows: rows.pending, codes, copies, override })}`)
  }
  for (const line of renderEstimate(terminal, found)) terminal.say(line)
  return 0
}

/** `promptmill retry` */
export const retryCommand = (terminal: Terminal, results: string, command: RetryCommand): Promise<number> => {
  if (command.flags.dryRun === true) return showDryRun(terminal, results, command)
  return watchSession(terminal, command, {
    renderPlan: renderChangeLine,
    renderRetry: renderRetryLine,
    start: ({ ports, notify, interrupts }) =>
      retry({ ...command.flags, ...endSignals(interrupts), results }, ports, notify),
  })
}
