import { countOf, showCount } from '../core/count-words.js'
import { parseUsd, showUsd } from '../core/money.js'
import type { Summary } from '../core/summary.js'
import { paint, type Terminal } from './terminal.js'

type Painter = Pick<Terminal, 'color'>

/** A time for people: `320 ms`, `4.1 s`, `2 m 05 s`, `1 h 02 m`. */
export const showDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} m`
}

/** `2 timeout, 1 bad_request`: the largest first. */
export const showCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${showCount(count)} ${name}`)
    .join(', ')

const showRows = (painter: Painter, { rows, flagged }: Summary): string => {
  const failed = `${showCount(rows.failed)} failed`
  const parts = [
    `${showCount(rows.ok)} ok`,
    rows.failed > 0 ? paint(painter, 'red', failed) : failed,
    `${showCount(rows.pending)} pending`,
  ]
  const look = showCounts(flagged)
  return `${showCount(rows.total)}: ${parts.join(', ')}${look === '' ? '' : ` (of the ok ones ${look})`}`
}

const showCost = (painter: Painter, { cost_usd, cost_unknown_rows }: Summary): string => {
  const known = cost_usd === null ? undefined : parseUsd(cost_usd)
  const sum = known === undefined ? 'unknown' : `${showUsd(known)} (exactly ${cost_usd} USD)`
  if (cost_unknown_rows === 0) return sum
  if (known === undefined) return `unknown for ${countOf(cost_unknown_rows, 'row')}`
  return `${sum} ${paint(painter, 'yellow', `without ${countOf(cost_unknown_rows, 'row')} whose cost is unknown`)}`
}

const showCopies = ({ copies }: Summary): string => {
  const { rows, tokens, saved_usd } = copies
  const usd = saved_usd === null ? undefined : parseUsd(saved_usd)
  const saved = `${showCount(tokens.prompt + tokens.completion)} tokens`
  return `${rows === 1 ? '1 row shares' : `${showCount(rows)} rows share`} the call of an equal one: ${saved}${usd === undefined ? '' : ` and ${showUsd(usd)}`} saved`
}

const showUnclear = ({ unclear }: Summary): string => {
  const { calls, at_most_usd } = unclear
  const usd = at_most_usd === null ? undefined : parseUsd(at_most_usd)
  const most = usd === undefined ? 'not in the cost' : `at most ${showUsd(usd)} beside the cost`
  return `${countOf(calls, 'call')} without an answer may have been billed: ${most}`
}

const showTokens = ({ tokens }: Summary): string => {
  const prompt = `${showCount(tokens.prompt)} prompt (${showCount(tokens.cached)} cached)`
  return `${prompt}, ${showCount(tokens.completion)} completion (${showCount(tokens.reasoning)} reasoning)`
}

/** What a session did, for the time line of its totals. */
export interface SessionPace {
  /** The whole session, reading the input and writing the results included. */
  readonly wallMs: number
  /** The sending alone. */
  readonly sentMs: number
  /** Rows settled in this session. */
  readonly settled: number
}

const showPace = ({ sentMs, settled }: SessionPace): string => {
  if (settled === 0) return sentMs === 0 ? 'nothing sent' : 'no row finished'
  return `${showCount(Math.round((settled / (sentMs / 1000)) * 10) / 10)} rows/s while sending`
}

const showTime = (pace: SessionPace, { attempts }: Summary): string =>
  `${showDuration(pace.wallMs)}, ${showPace(pace)}, ${countOf(attempts, 'call')} in all`

const label = (painter: Painter, name: string): string => paint(painter, 'dim', name.padEnd(9))

/** The totals of what stands, as a small table: one line a kind. */
export const renderSummary = (painter: Painter, summary: Summary): string[] => {
  const failures = showCounts(summary.failures)
  return [
    `${label(painter, 'rows')}${showRows(painter, summary)}`,
    ...(failures === '' ? [] : [`${label(painter, 'failed')}${failures}`]),
    `${label(painter, 'tokens')}${showTokens(summary)}`,
    `${label(painter, 'cost')}${showCost(painter, summary)}`,
    ...(summary.unclear.calls === 0 ? [] : [`${label(painter, 'unclear')}${showUnclear(summary)}`]),
    ...(summary.copies.rows === 0 ? [] : [`${label(painter, 'copies')}${showCopies(summary)}`]),
  ]
}

/** A line of the totals: what it is about, and what it says. */
export type TotalsLine = readonly [name: string, text: string]

/** The totals at the end of a run: what stands, how long it took, where the file is. */
export const renderTotals = (
  painter: Painter,
  summary: Summary,
  { pace, results, accuracy }: { pace: SessionPace; results: string; accuracy: readonly TotalsLine[] },
): string[] => [
  ...renderSummary(painter, summary),
  ...accuracy.map(([name, text]) => `${label(painter, name)}${text}`),
  `${label(painter, 'time')}${showTime(pace, summary)}`,
  `${label(painter, 'results')}${results}`,
  ...(summary.simulated
    ? [paint(painter, 'yellow', 'simulated: these answers are made up, and nothing was charged for them')]
    : []),
]
