import { formatUsd, type Usd } from './money.js'
import type { Outcome } from './outcome.js'

/** Tokens by kind. `cached` is a part of `prompt`, `reasoning` a part of `completion`. */
export interface TokenTotals {
  readonly prompt: number
  readonly cached: number
  readonly completion: number
  readonly reasoning: number
}

/** What one model did. */
export interface ModelTotals {
  readonly rows: number
  readonly tokens: TokenTotals
  /** Exact decimal USD, null when no price is known. */
  readonly cost_usd: string | null
}

/** What stands: the object that `status --json` prints and that the library returns. */
export interface Summary {
  readonly rows: { readonly total: number; readonly ok: number; readonly failed: number; readonly pending: number }
  /** Failed rows by error code. */
  readonly failures: Readonly<Record<string, number>>
  readonly tokens: TokenTotals
  /** Exact decimal USD over all rows whose cost is known; null when rows were answered and none has a known cost. */
  readonly cost_usd: string | null
  /** Rows whose cost is not known: no usage reported, or no price for the model. */
  readonly cost_unknown_rows: number
  /** Calls made, over all sessions. */
  readonly attempts: number
  /** Time over all sessions, in ms. */
  readonly wall_ms: number
  readonly models: Readonly<Record<string, ModelTotals>>
  /** Usable answers to look at twice, by flag: `truncated`, `refused`, `content_filter`. */
  readonly flagged: Readonly<Record<string, number>>
  /** The answers came from the built-in simulator. */
  readonly simulated: boolean
  /** What `--dedupe` saved. */
  readonly copies: CopyTotals
  /** What may have been billed beside `cost_usd`. */
  readonly unclear: UnclearTotals
}

/** Calls that brought no answer and may have been billed all the same: failed on the way, abandoned, cut off by a kill. */
export interface UnclearTotals {
  readonly calls: number
  /** The most that they can have cost, in exact decimal USD; null when that is not known, since they had no cap. */
  readonly at_most_usd: string | null
}

const noneUnclear: UnclearTotals = { calls: 0, at_most_usd: '0' }

/** Rows that have the answer of an equal one, and what they would have taken going by that one. */
export interface CopyTotals {
  readonly rows: number
  readonly tokens: TokenTotals
  /** Exact decimal USD; null when no price is known. */
  readonly saved_usd: string | null
}

/** Adds outcomes up, one by one, into a summary. */
export interface Tally {
  add(outcome: Outcome): void
  summary(wallMs: number, unclear?: UnclearTotals): Summary
}

interface Sums {
  rows: number
  prompt: number
  cached: number
  completion: number
  reasoning: number
  cost: Usd
  priced: number
  unpriced: number
}

const noSums = (): Sums => ({
  rows: 0,
  prompt: 0,
  cached: 0,
  completion: 0,
  reasoning: 0,
  cost: 0n,
  priced: 0,
  unpriced: 0,
})

const addTo = (
  sums: Sums,
  { usage, costUsd, costUnknown }: Pick<Outcome, 'usage' | 'costUsd' | 'costUnknown'>,
): void => {
  sums.rows += 1
  sums.prompt += usage?.promptTokens ?? 0
  sums.cached += usage?.cachedTokens ?? 0
  sums.completion += usage?.completionTokens ?? 0
  sums.reasoning += usage?.reasoningTokens ?? 0
  if (costUsd !== undefined) sums.cost += costUsd
  if (costUsd !== undefined) sums.priced += 1
  if (costUnknown) sums.unpriced += 1
}

const toTokens = ({ prompt, cached, completion, reasoning }: Sums): TokenTotals => ({
  prompt,
  cached,
  completion,
  reasoning,
})

const toCost = ({ cost, priced, unpriced }: Sums): string | null =>
  priced === 0 && unpriced > 0 ? null : formatUsd(cost)

const toCopies = (sums: Sums): CopyTotals => ({ rows: sums.rows, tokens: toTokens(sums), saved_usd: toCost(sums) })

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

export const createTally = (): Tally => {
  const all = noSums()
  const saved = noSums()
  const byModel = new Map<string, Sums>()
  const failures = new Map<string, number>()
  const flagged = new Map<string, number>()
  const rows = { ok: 0, failed: 0, pending: 0 }
  let attempts = 0
  let simulated = false
  return {
    add(outcome) {
      addTo(all, outcome)
      rows[outcome.status] += 1
      attempts += outcome.attempts
      simulated ||= outcome.simulated
      // What came of a pending row so far is not its last word.
      if (outcome.errorCode !== undefined && outcome.status !== 'pending') {
        count(outcome.status === 'failed' ? failures : flagged, outcome.errorCode)
      }
      if (outcome.saved !== undefined) {
        const { usage, costUsd } = outcome.saved
        addTo(saved, { usage, costUsd, costUnknown: usage !== undefined && costUsd === undefined })
      }
      if (outcome.model === undefined) return
      const sums = byModel.get(outcome.model) ?? noSums()
      byModel.set(outcome.model, sums)
      addTo(sums, outcome)
    },
    summary: (wallMs, unclear = noneUnclear) => ({
      rows: { total: all.rows, ...rows },
      failures: Object.fromEntries(failures),
      tokens: toTokens(all),
      cost_usd: toCost(all),
      cost_unknown_rows: all.unpriced,
      attempts,
      wall_ms: Math.round(wallMs),
      models: Object.fromEntries(
        [...byModel].map(([name, sums]) => [name, { rows: sums.rows, tokens: toTokens(sums), cost_usd: toCost(sums) }]),
      ),
      flagged: Object.fromEntries(flagged),
      simulated,
      copies: toCopies(saved),
      unclear,
    }),
  }
}
