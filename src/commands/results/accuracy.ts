import { formatUsd, type Usd } from '../../core/money.js'
import type { Outcome } from '../../core/outcome.js'
import type { ResultRow } from '../../output/render-rows.js'
import { createDemand, type DemandGroup, type FindRates, priceGroup } from '../../pricing/demand.js'
import { createMeasurer, measureRequest, type RequestSize } from '../../pricing/request-size.js'
import type { Drafts } from '../../prompt/drafts.js'
import {
  createSeenAnswers,
  enoughOfThisRun,
  expectRowTokens,
  gatherOutcome,
  meanRowTokens,
  type RowTokens,
} from '../estimate/expectation.js'
import { forecast } from '../estimate/forecast.js'
import type { RowTable } from '../plan/row-table.js'

/** What was estimated, what it came to, and by how much the estimate was off: a share of what it came to. */
export interface Compared<T = number> {
  readonly estimated: T
  readonly actual: T
  /** 0.05: five percent too much. Null where it came to nothing. */
  readonly error: number | null
}

/**
 * How true an estimate made before this session would have been: of the rows that the session has settled, without those
 * that share a call. What could be known before is compared with what was reported.
 */
export interface Accuracy {
  readonly rows: number
  /** Null in a session of more than 2,000 rows: their prompts are not counted for this, but stand as reported. */
  readonly prompt_tokens: Compared | null
  readonly completion_tokens: Compared
  /** Null when a price is not known. */
  readonly cost_usd: Compared<string> | null
  /** Where the expected length of an answer was from, and completion tokens of a row on average. */
  readonly answers: { readonly source: 'assumption' | 'run'; readonly expected: number; readonly actual: number }
  /** Why the two differ, as far as it is known: prompt tokens that came from the cache at a lower price, … */
  readonly cached_tokens: number
  /** … calls beyond one a row, without those that were refused or never sent, … */
  readonly repeated_calls: number
  /** … and rows that reported no tokens, most of them failed. */
  readonly unreported_rows: number
}

/**
 * Prompts of a larger session are not counted: a tokenizer takes 60 MB, a quarter of what a run of millions takes, to tell
 * what is known to be right for every model whose encoding is published.
 */
const mostCounted = 2000

/** Rows of a larger session that are looked at, spread over all of them, to tell what they ask for. */
const sampled = 500

const compare = (estimated: number, actual: number): Compared => ({
  estimated: Math.round(estimated),
  actual,
  error: actual === 0 ? null : estimated / actual - 1,
})

const compareUsd = (estimated: Usd, actual: Usd): Compared<string> => ({
  estimated: formatUsd(estimated),
  actual: formatUsd(actual),
  error: actual === 0n ? null : Number(estimated) / Number(actual) - 1,
})

const scaleUsd = (amount: Usd, by: number): Usd => (by === 1 ? amount : BigInt(Math.round(Number(amount) * by)))

/** What was reported of the rows, summed up. */
const createActual = () => {
  const sums = { rows: 0, unreported: 0, prompt: 0, completion: 0, cached: 0, calls: 0, costUsd: 0n, unpriced: 0 }
  return {
    sums,
    add({ usage, costUsd, attempts }: Outcome): void {
      sums.rows += 1
      sums.calls += attempts
      if (usage === undefined) sums.unreported += 1
      else if (costUsd === undefined) sums.unpriced += 1
      sums.prompt += usage?.promptTokens ?? 0
      sums.completion += usage?.completionTokens ?? 0
      sums.cached += usage?.cachedTokens ?? 0
      sums.costUsd += costUsd ?? 0n
    },
  }
}

const priceOf = (groups: readonly DemandGroup[], tokens: (group: DemandGroup) => number): Usd | undefined => {
  let sum = 0n
  for (const group of groups) {
    if (group.rates === undefined) return undefined
    sum += priceGroup(group, Math.round(tokens(group)), { rates: group.rates, hits: false })
  }
  return sum
}

interface Drawn {
  readonly body: string
  readonly outcome: Outcome
}

/** What a request asks for, its prompt as long as was reported. */
const asReported = ({ body, outcome: { usage } }: Drawn): RequestSize =>
  measureRequest(JSON.parse(body), { countPrompt: () => usage?.promptTokens ?? 0 })

export interface AccuracyFacts {
  readonly table: RowTable
  readonly drafts: Drafts
  readonly findRates: FindRates
  /** Rows that the session is to send. */
  readonly toSend: number
}

/** Compares while the results are written: the sending is not held up by it, and every outcome comes by once. */
export const createAccuracy = ({ table, drafts, findRates, toSend }: AccuracyFacts) => {
  const counts = toSend <= mostCounted
  const step = counts ? 1 : Math.ceil(toSend / sampled)
  const measure = createMeasurer()
  const demand = createDemand(findRates)
  const earlier = createSeenAnswers()
  const actual = createActual()
  let unbilledCalls = 0
  /** Of the rows that were looked at. */
  const looked = { rows: 0, tokens: 0 }

  const measureDrawn = async (drawn: readonly Drawn[]): Promise<readonly RequestSize[]> =>
    counts ? measure(drawn.map(({ body }) => body)) : drawn.map(asReported)
  /** As `estimate` decides when nothing else is asked for: by answers of this run, if there are enough. */
  const learned = (): boolean => earlier.lengths.count >= enoughOfThisRun
  const toRowTokens = (): RowTokens => {
    if (!learned()) return expectRowTokens({ source: 'assumption', tokens: undefined }, actual.sums.rows)
    const toMean = meanRowTokens(earlier.lengths)
    return group => {
      const tokens = toMean(group)
      return { low: tokens, expected: tokens, high: tokens }
    }
  }
  return {
    /** The next rows of the results, in their order. */
    async see(results: readonly ResultRow[]): Promise<void> {
      const chosen: ResultRow[] = []
      for (const { row, outcome } of results) {
        const state = table.state(row.index)
        if (state === 'settled') gatherOutcome(earlier, outcome)
        if (state !== 'done') continue
        if (actual.sums.rows % step === 0) chosen.push({ row, outcome })
        actual.add(outcome)
      }
      if (chosen.length === 0) return
      const { toDraft } = await drafts.prepare(chosen.map(({ row }) => row))
      const drawn = chosen.flatMap(({ row, outcome }) => {
        const draft = toDraft(row)
        return draft.fault === undefined ? { body: draft.body, outcome } : []
      })
      for (const size of await measureDrawn(drawn)) {
        demand.add(size)
        looked.rows += 1
        looked.tokens += size.promptTokens
      }
    },
    /** So many calls of rows that are settled were made in vain, and nobody bills them. */
    leaveOut(calls: number): void {
      unbilledCalls += calls
    },
    /** Undefined when there is nothing to compare with: nothing was sent, or no tokens were reported. */
    accuracy(): Accuracy | undefined {
      const { rows, unreported, prompt, completion, cached, calls, costUsd, unpriced } = actual.sums
      if (looked.rows === 0 || rows === unreported) return undefined
      const groups = demand.groups()
      const rowTokens = toRowTokens()
      const scale = rows / looked.rows
      const promptTokens = counts ? looked.tokens * scale : prompt
      const completionTokens = forecast(groups, rowTokens).completionTokens.expected * scale
      const ofPrompts = priceOf(groups, () => 0)
      const ofAll = priceOf(groups, group => group.requests * rowTokens(group).expected)
      const priced = ofPrompts !== undefined && ofAll !== undefined && unpriced === 0
      return {
        rows,
        prompt_tokens: counts ? compare(promptTokens, prompt) : null,
        completion_tokens: compare(completionTokens, completion),
        cost_usd: priced
          ? compareUsd(scaleUsd(ofPrompts, promptTokens / looked.tokens) + scaleUsd(ofAll - ofPrompts, scale), costUsd)
          : null,
        answers: {
          source: learned() ? 'run' : 'assumption',
          expected: completionTokens / rows,
          actual: completion / (rows - unreported),
        },
        cached_tokens: cached,
        repeated_calls: Math.max(0, calls - unbilledCalls - rows),
        unreported_rows: unreported,
      }
    },
  }
}

export type AccuracyCheck = ReturnType<typeof createAccuracy>
