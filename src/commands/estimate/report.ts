import { formatUsd } from '../../core/money.js'
import type { TokenTotals } from '../../core/summary.js'
import type { DemandGroup, SlowLane } from '../../pricing/demand.js'
import type { TokenRates } from '../../pricing/rates.js'
import { type EncodingName, encodingOf, hasKnownEncoding } from '../../pricing/tokens.js'
import type { DurationBound } from './duration.js'
import type { Expectation, Range, RowTokens } from './expectation.js'
import { type Forecast, forecast, forecastCache, forecastLane, formatRange } from './forecast.js'
import { formatRates, type RateReport } from './rate-report.js'
import type { RepeatReport } from './repeats.js'

/** Rates, and how many rows are billed at them. */
export interface PriceReport extends RateReport {
  readonly service_tier: string | null
  readonly rows: number
}

/** What one model is asked for. */
export interface ModelEstimate {
  readonly rows: number
  readonly tokens: { readonly prompt: number; readonly completion: Range }
  /** Null when no price is known. */
  readonly cost_usd: Range<string> | null
  readonly encoding: EncodingName
  /** Whether the model's encoding is not published, so that its prompt tokens are approximate. */
  readonly approximate: boolean
  /** Several where service tiers or long prompts have rates of their own. */
  readonly prices: readonly PriceReport[]
}

/** What another model would take. */
export interface ComparedModel extends Pick<ModelEstimate, 'rows' | 'tokens' | 'cost_usd' | 'approximate'> {
  readonly model: string
}

/** Why answers are expected to be as long as they are. Quantiles are null where no answer was seen. */
export interface AnswerReport {
  readonly source: Expectation['source']
  /** Answers seen. */
  readonly seen: number
  /** Whether the simulator made them up. */
  readonly simulated: boolean
  /**
   * Completion tokens of a row, on average. With 5 answers seen or more, low and high are a 95 % interval of that mean;
   * with fewer, the shortest and the longest of them.
   */
  readonly tokens: Range
  readonly p10: number | null
  readonly p50: number | null
  readonly p90: number | null
}

/** The object that `estimate --json` prints and that the library returns. Money is an exact decimal, null is unknown. */
export interface Estimate {
  readonly input: string
  readonly rows: {
    readonly total: number
    readonly pending: number
    readonly ok: number
    readonly failed: number
    /** With `--dedupe`: rows that are not sent because an equal row is, or was. */
    readonly copies: number
  }
  /** Tokens of the pending rows. */
  readonly tokens: { readonly prompt: number; readonly completion: Range }
  /** Cost of the pending rows whose price is known; null when none is. */
  readonly cost_usd: Range<string> | null
  /** Cost when every answer is as long as its limit (`--max-tokens`) allows; null without one. */
  readonly cost_limit_usd: string | null
  /** Pending rows whose price is not known: they are not in the cost. */
  readonly cost_unknown_rows: number
  readonly answers: AnswerReport
  readonly duration: {
    readonly ms: number
    readonly bound_by: DurationBound
    /** Time to one answer, in ms, and whether it was measured. */
    readonly latency_ms: number
    readonly measured: boolean
  }
  /** What earlier sessions spent on the rows of the input. */
  readonly spent: {
    readonly tokens: TokenTotals
    readonly cost_usd: string | null
    readonly cost_unknown_rows: number
    /** Whether the answers were made up, and nothing was charged. */
    readonly simulated: boolean
  }
  /** Tokens that the endpoint's prompt cache may save, and what they would save; `cost_usd.low` counts on it. */
  readonly cache: { readonly shared_prefix_tokens: number; readonly tokens: number; readonly saved_usd: string }
  /** Cost of the pending rows in the API's lanes that are cheaper and slower; null where a price is not known. */
  readonly lanes: Readonly<Record<SlowLane, Range<string> | null>>
  readonly models: Readonly<Record<string, ModelEstimate>>
  /** With `--compare`: what other models would take for the same rows, cheapest first, those without a price last. */
  readonly compared: readonly ComparedModel[]
  /** Pending rows whose request an earlier row has too, and what `--dedupe` would save by sending each once. */
  readonly repeats: RepeatReport
  readonly prices: { readonly source: string; readonly date: string }
  readonly warnings: readonly string[]
}

const toPriceReport = ({ serviceTier, requests }: DemandGroup, rates: TokenRates): PriceReport => ({
  service_tier: serviceTier ?? null,
  ...formatRates(rates),
  rows: requests,
})

/** One report for all groups that are billed alike. */
const reportPrices = (groups: readonly DemandGroup[]): readonly PriceReport[] => {
  const reports = new Map<string, PriceReport>()
  for (const group of groups) {
    if (group.rates === undefined) continue
    const report = toPriceReport(group, group.rates)
    const name = JSON.stringify({ ...report, rows: 0 })
    reports.set(name, { ...report, rows: report.rows + (reports.get(name)?.rows ?? 0) })
  }
  return [...reports.values()]
}

const reportModel = (model: string, groups: readonly DemandGroup[], rowTokens: RowTokens): ModelEstimate => {
  const { rows, promptTokens, completionTokens, cost } = forecast(groups, rowTokens)
  return {
    rows,
    tokens: { prompt: promptTokens, completion: completionTokens },
    cost_usd: cost === undefined ? null : formatRange(cost),
    encoding: encodingOf(model),
    approximate: !hasKnownEncoding(model),
    prices: reportPrices(groups),
  }
}

/** What the prompt cache may save. */
export const reportCache = (groups: readonly DemandGroup[]): Estimate['cache'] => {
  const { tokens, saved } = forecastCache(groups)
  const shared = Math.max(0, ...groups.map(({ sharedTokens }) => sharedTokens))
  return { shared_prefix_tokens: shared, tokens, saved_usd: formatUsd(saved) }
}

/** What the rows cost in each cheaper lane. */
export const reportLanes = (groups: readonly DemandGroup[], rowTokens: RowTokens): Estimate['lanes'] => {
  const report = (lane: SlowLane): Range<string> | null => {
    const cost = forecastLane(groups, rowTokens, lane)
    return cost === undefined ? null : formatRange(cost)
  }
  return { flex: report('flex'), batch: report('batch') }
}

/** What each model is asked for, in order of appearance. */
export const reportModels = (groups: readonly DemandGroup[], rowTokens: RowTokens): Estimate['models'] => {
  const models = [...new Set(groups.map(({ model }) => model))]
  return Object.fromEntries(
    models.map(model => [
      model,
      reportModel(
        model,
        groups.filter(group => group.model === model),
        rowTokens,
      ),
    ]),
  )
}

/** @param total what is forecast for all rows together */
export const reportAnswers = (expectation: Expectation, { rows, completionTokens }: Forecast): AnswerReport => {
  const perRow = (tokens: number): number => (rows === 0 ? 0 : tokens / rows)
  const { low, expected, high } = completionTokens
  const tokens = { low: perRow(low), expected: perRow(expected), high: perRow(high) }
  if (expectation.source === 'assumption') {
    return { source: 'assumption', seen: 0, simulated: false, tokens, p10: null, p50: null, p90: null }
  }
  const { lengths, simulated } = expectation.seen
  const [p10, p50, p90] = [lengths.quantile(0.1), lengths.quantile(0.5), lengths.quantile(0.9)]
  return { source: expectation.source, seen: lengths.count, simulated, tokens, p10, p50, p90 }
}
