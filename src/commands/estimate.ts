import { formatUsd } from '../core/money.js'
import type { OptionsOf } from '../core/option-spec.js'
import { toSettings } from '../core/option-values.js'
import { forecastOptions } from '../core/options.js'
import type { Summary } from '../core/summary.js'
import { createRecordReader } from '../journal/reader.js'
import { createRateFinder } from '../pricing/cost.js'
import { createDemand, type DemandGroup, type FindRates } from '../pricing/demand.js'
import { createSharedPrefixes, leastCached } from '../pricing/shared-prefix.js'
import { decideExpectation, readSpent } from './estimate/basis.js'
import { compareModels } from './estimate/compare-models.js'
import { type CountingProgress, countPending } from './estimate/count-pending.js'
import { assumeLatency, predictDuration } from './estimate/duration.js'
import { type Expectation, expectRowTokens } from './estimate/expectation.js'
import { type Forecast, forecast, formatRange } from './estimate/forecast.js'
import { measurePrefixes } from './estimate/measure-prefix.js'
import { readPastAnswers } from './estimate/past-answers.js'
import { reportRepeats } from './estimate/repeats.js'
import {
  type ComparedModel,
  type Estimate,
  reportAnswers,
  reportCache,
  reportLanes,
  reportModels,
} from './estimate/report.js'
import { askSample } from './estimate/sample.js'
import { type Survey, survey } from './estimate/survey.js'
import {
  createDoubts,
  warnOfCompared,
  warnOfMadeUp,
  warnOfModels,
  warnOfPlan,
  warnOfSample,
} from './estimate/warnings.js'
import type { Plan } from './plan/plan.js'
import type { Recollection } from './plan/recall.js'
import type { Notify, Ports } from './ports.js'
import { lostSimulator, openOtherDrafts, type Retrial, toPlanRetrial } from './session/retrial.js'
import { type GivenFlags, type RowSource, type RunSettings, toRunSettings } from './session/settings.js'

/** What a caller gives to `estimate`: the flags of a run, the rows, and what answers are expected to be like. */
export interface EstimateOptions extends GivenFlags, OptionsOf<typeof forecastOptions> {
  /** Path of a CSV, TSV, JSONL or JSON file, a list of paths and patterns, or any (async) iterable of objects, one a row. */
  readonly input: RowSource
  /** The API key, for a sample; by default the environment's OPENAI_API_KEY. */
  readonly apiKey?: string | undefined
  /** Aborting it starts no further request of a sample; what is in flight is awaited and kept. */
  readonly signal?: AbortSignal | undefined
  /** Aborting it also abandons what is in flight. */
  readonly abandonSignal?: AbortSignal | undefined
}

export interface EstimateNotify {
  /** How a sample goes on. */
  readonly sampling?: Notify
  readonly onCounting?: (progress: CountingProgress) => void
  /** What a `retry` would send. */
  readonly retrial?: (Retrial & { onPlanned(plan: Plan, memory: Recollection): readonly string[] }) | undefined
  /** Threads to count in; as many as there are cores unless given. */
  readonly threads?: number
}

const reportDuration = (settings: RunSettings, expectation: Expectation, total: Forecast): Estimate['duration'] => {
  const { rows, promptTokens, completionTokens } = total
  const measuredMs = expectation.source === 'assumption' ? undefined : expectation.seen.latencyMs
  const perRow = rows === 0 ? 0 : completionTokens.expected / rows
  const latencyMs = measuredMs ?? assumeLatency(perRow)
  const { concurrency, rpm, tpm } = settings
  const tokens = promptTokens + completionTokens.expected
  const { ms, boundBy } = predictDuration({ rows, latencyMs, concurrency, tokens, rpm, tpm })
  return {
    ms: Math.round(ms),
    bound_by: boundBy,
    latency_ms: Math.round(latencyMs),
    measured: measuredMs !== undefined,
  }
}

const reportRows = ({ counts }: Plan, { rows }: Summary): Estimate['rows'] => ({
  total: counts.rows,
  pending: counts.pending,
  ok: rows.ok,
  failed: rows.failed + counts.faulty,
  copies: counts.copies,
})

interface Findings {
  readonly plan: Plan
  readonly groups: readonly DemandGroup[]
  /** The requests among them that an earlier row has too. */
  readonly repeats: readonly DemandGroup[]
  readonly spent: Summary
  readonly expectation: Expectation
  readonly compared: readonly ComparedModel[]
  readonly warnings: readonly string[]
  readonly at: Date
}

const report = ({ input, settings, prices }: Survey, findings: Findings): Estimate => {
  const { plan, groups, repeats, spent, expectation, compared, warnings, at } = findings
  const rowTokens = expectRowTokens(expectation, plan.counts.pending)
  const total = forecast(groups, rowTokens)
  const { promptTokens, completionTokens, cost, unpricedRows, limit } = total
  return {
    input: input.name,
    rows: reportRows(plan, spent),
    tokens: { prompt: promptTokens, completion: completionTokens },
    cost_usd: cost === undefined ? null : formatRange(cost),
    cost_limit_usd: limit === undefined ? null : formatUsd(limit),
    cost_unknown_rows: unpricedRows,
    answers: reportAnswers(expectation, total),
    duration: reportDuration(settings, expectation, total),
    spent: {
      tokens: spent.tokens,
      cost_usd: spent.cost_usd,
      cost_unknown_rows: spent.cost_unknown_rows,
      simulated: spent.simulated,
    },
    cache: reportCache(groups),
    lanes: reportLanes(groups, rowTokens),
    models: reportModels(groups, rowTokens),
    compared,
    repeats: reportRepeats(repeats, rowTokens, total),
    prices: { source: prices.source, date: at.toISOString().slice(0, 10) },
    warnings,
  }
}

/**
 * Plans the very requests that a run with these options would send now, and says what they take: tokens, money, time.
 * Sends nothing and leaves nothing on disk, unless a sample is asked for.
 * @throws PromptmillError for what a run would refuse before it reads the rows, and when not a single row can be sent
 */
export const estimate = async (
  options: EstimateOptions,
  ports: Ports,
  notify: EstimateNotify = {},
): Promise<Estimate> => {
  const settings = await toRunSettings(options, ports.env)
  const forecasting = toSettings(forecastOptions, options)
  const past = forecasting.like === undefined ? undefined : await readPastAnswers(forecasting.like)
  const { sample } = forecasting
  const sampled =
    sample === undefined ? undefined : await askSample(sample, options, { ports, notify: notify.sampling ?? {} })
  const surveyed = await survey(options.input, settings)
  try {
    const at = new Date(ports.clock.wall())
    const find = createRateFinder(surveyed.prices, at)
    const findRates: FindRates = size => find(size.model, size.serviceTier, size.promptTokens)
    const demand = createDemand(findRates)
    const repeated = createDemand(findRates)
    const doubts = createDoubts()
    const prefixes = createSharedPrefixes()
    const { retrial } = notify
    if (retrial !== undefined && surveyed.setAside) throw lostSimulator()
    const reader = createRecordReader(surveyed.folder)
    const source = { reader, price: surveyed.price, judge: settings.judge }
    const plan = await countPending(surveyed, {
      ...notify,
      retrial: retrial && toPlanRetrial(retrial, await openOtherDrafts(retrial, surveyed.source), source),
      onSize({ draft, repeats }, size) {
        demand.add(size)
        if (repeats) repeated.add(size)
        if (size.promptTokens >= leastCached) prefixes.see(size.model, draft.body)
        doubts.see(size)
      },
    }).finally(() => reader.close())
    const said = retrial?.onPlanned(plan, surveyed.memory) ?? []
    const groups = demand.groups()
    await measurePrefixes(groups, prefixes, settings.requests.answers)
    const { summary: spent, seen } = readSpent(surveyed, plan)
    const expectation = decideExpectation(forecasting, { sampled, past, seen })
    const warnings = [
      ...surveyed.notices,
      ...said,
      ...warnOfPlan(surveyed, plan),
      ...warnOfModels(groups, surveyed.prices),
      ...doubts.warnings(),
      ...warnOfMadeUp(expectation, forecasting.like),
      ...warnOfSample(sample, sampled),
    ]
    const { threads } = notify
    const compared = await compareModels(surveyed, forecasting.compare ?? [], {
      plan,
      groups,
      expectation,
      findRates,
      threads,
    })
    const repeats = repeated.groups()
    const allWarnings = [...warnings, ...warnOfCompared(compared, groups, surveyed.prices)]
    return report(surveyed, { plan, groups, repeats, spent, expectation, compared, warnings: allWarnings, at })
  } finally {
    await surveyed.close()
  }
}
