import { readStatus, type Status } from '../commands/status.js'
import { verifyJournal } from '../commands/verify.js'
import { countOf } from '../core/count-words.js'
import { parseUsd, showUsd } from '../core/money.js'
import { renderJournal, toJournalObject } from './journal-report.js'
import type { Terminal } from './terminal.js'
import { renderSummary, showDuration } from './totals.js'

/** What of a run is asked for, and in which form. */
export interface StatusAsked {
  readonly json: boolean
  readonly journal: boolean
  readonly repair: boolean
  readonly prices: string | undefined
}

/** `promptmill status --journal`: exit status 1 when something is damaged and stays so. */
const journalCommand = async (terminal: Terminal, results: string, { json, repair }: StatusAsked): Promise<number> => {
  const found = await verifyJournal(results, { mend: repair })
  const lines = json ? [JSON.stringify(toJournalObject(found))] : renderJournal(found, results)
  await terminal.out(`${lines.join('\n')}\n`)
  return found.damage.length > 0 && found.repaired === undefined ? 1 : 0
}

/** What was paid for and stands in no row. */
const renderGone = ({ gone: { rows, cost_usd, cost_unknown_rows } }: Status): string[] => {
  if (cost_usd === '0' && cost_unknown_rows === 0) return []
  const cost = cost_usd === null ? 'an unknown cost' : showUsd(parseUsd(cost_usd) ?? 0n)
  const unknown = cost_usd === null || cost_unknown_rows === 0 ? '' : `, and an unknown cost of ${cost_unknown_rows}`
  return [
    `gone     ${cost} for ${countOf(rows.total, 'row')} that ${rows.total === 1 ? 'was' : 'were'} edited, removed or not chosen${unknown}; not in the cost above`,
  ]
}

/** `promptmill status` */
export const statusCommand = async (terminal: Terminal, results: string, asked: StatusAsked): Promise<number> => {
  const { json, prices } = asked
  if (asked.journal || asked.repair) return journalCommand(terminal, results, asked)
  const status = await readStatus(results, prices)
  const { summary, manifest } = status
  if (json) {
    await terminal.out(`${JSON.stringify(summary)}\n`)
    return 0
  }
  const plain = { color: false }
  const lines = [
    ...renderSummary(plain, summary),
    ...renderGone(status),
    `prices   ${status.priceSource}`,
    `time     ${showDuration(summary.wall_ms)} of sending over all sessions, ${countOf(summary.attempts, 'call')}`,
    `input    ${manifest.input.name}`,
    `endpoint ${manifest.base_url}${summary.simulated ? ' (simulated)' : ''}`,
  ]
  await terminal.out(`${lines.join('\n')}\n`)
  return 0
}
