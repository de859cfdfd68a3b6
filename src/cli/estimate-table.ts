import { enoughForInterval, type Range } from '../commands/estimate/expectation.js'
import type { Estimate, ModelEstimate, PriceReport } from '../commands/estimate/report.js'
import { countOf, showCount } from '../core/count-words.js'
import { parseUsd, showUsd } from '../core/money.js'
import { showPlain } from './plain-text.js'
import { paint, type Terminal } from './terminal.js'
import { renderTable } from './text-table.js'
import { showDuration } from './totals.js'

type Painter = Pick<Terminal, 'color'>

const showMoney = (usd: string): string => showUsd(parseUsd(usd) ?? 0n)

const showTokens = (tokens: number): string => showCount(Math.round(tokens))

const costCells = (painter: Painter, cost: Range<string> | null): string[] => {
  const unknown = paint(painter, 'red', 'unknown')
  return cost === null
    ? [unknown, unknown, unknown]
    : [showMoney(cost.low), paint(painter, 'bold', showMoney(cost.expected)), showMoney(cost.high)]
}

const modelCells = (painter: Painter, name: string, model: Omit<ModelEstimate, 'encoding' | 'prices'>): string[] => [
  showPlain(name),
  showCount(model.rows),
  `${model.approximate ? '≈ ' : ''}${showCount(model.tokens.prompt)}`,
  showCount(model.tokens.completion.expected),
  ...costCells(painter, model.cost_usd),
]

const head = ['model', 'rows', 'prompt tokens', 'completion', 'cost low', 'expected', 'high']

const renderCompared = (painter: Painter, { compared }: Estimate): string[] => {
  if (compared.length === 0) return []
  const [first = '', ...lines] = renderTable([head, ...compared.map(each => modelCells(painter, each.model, each))])
  return ['the same rows by other models, cheapest first:', paint(painter, 'dim', first), ...lines]
}

const renderModels = (painter: Painter, estimate: Estimate): string[] => {
  const { models, rows, tokens, cost_usd } = estimate
  const names = Object.keys(models)
  const approximate = Object.values(models).some(model => model.approximate)
  const total = { rows: rows.pending, tokens, cost_usd, approximate }
  const [first = '', ...lines] = renderTable([
    head,
    ...Object.entries(models).map(([name, model]) => modelCells(painter, name, model)),
    ...(names.length > 1 ? [modelCells(painter, 'total', total)] : []),
  ])
  return [paint(painter, 'dim', first), ...lines]
}

const sources = {
  assumption: 'assumed: no answer has been seen (--sample N asks N rows, --like RESULTS goes by an earlier run)',
  like: 'as in the run given with --like',
  run: 'as in this run so far',
  sample: 'as in the sample',
} as const satisfies Record<Estimate['answers']['source'], string>

const showAnswers = ({ answers }: Estimate): string => {
  const { source, seen, tokens, p10, p50, p90 } = answers
  const made = answers.simulated ? ' (simulated)' : ''
  const mean = `≈ ${showTokens(tokens.expected)} completion tokens a row (${showTokens(tokens.low)} to ${showTokens(tokens.high)})`
  if (p10 === null || p50 === null || p90 === null) return `${mean}, ${sources[source]}`
  const basis = `${mean}, ${sources[source]}: ${countOf(seen, 'answer')}${made}`
  if (seen < enoughForInterval) return `${basis}, the shortest and the longest of them; too few for an interval`
  const spread = `p10 ${showCount(p10)}, p50 ${showCount(p50)}, p90 ${showCount(p90)}`
  return `${basis}, ${spread}; 95 % interval`
}

const boundWords = {
  latency: 'the time of one answer',
  concurrency: '--concurrency',
  rpm: '--rpm',
  tpm: '--tpm',
} as const satisfies Record<Estimate['duration']['bound_by'], string>

const showTime = ({ duration }: Estimate): string => {
  const latency = `${showDuration(duration.latency_ms)} an answer${duration.measured ? '' : ', assumed'}`
  return `≈ ${showDuration(duration.ms)}, set by ${boundWords[duration.bound_by]} (${latency})`
}

const showPrice = (model: string, price: PriceReport): string => {
  const tier = price.service_tier === null ? '' : ` (${price.service_tier})`
  const cached = price.cached_input === null ? '' : `, $${price.cached_input} cached`
  return `${showPlain(model)}${tier} $${price.input} prompt${cached}, $${price.output} completion`
}

const showPrices = ({ models, prices }: Estimate): string => {
  const all = Object.entries(models).flatMap(([name, model]) => model.prices.map(price => showPrice(name, price)))
  if (all.length === 0) return `none known; ${prices.source}, ${prices.date}`
  return `${all.join('; ')} per million tokens; ${prices.source}, ${prices.date}`
}

const showSpent = ({ spent }: Estimate): string | undefined => {
  if (spent.tokens.prompt === 0 && spent.cost_unknown_rows === 0) return undefined
  const sum = spent.cost_usd === null ? 'unknown' : `${showMoney(spent.cost_usd)} (exactly ${spent.cost_usd} USD)`
  const unknown =
    spent.cost_unknown_rows === 0 ? '' : ` without ${countOf(spent.cost_unknown_rows, 'row')} of unknown cost`
  return `${sum}${unknown}${spent.simulated ? '; simulated: nothing was charged' : ''}`
}

/** Both lanes where both have a price: half of it, for answers that come later. */
const showLanes = ({ cost_usd: now, lanes: { flex, batch } }: Estimate): string | undefined => {
  if (now === null || (flex === null && batch === null)) return undefined
  const show = (name: string, cost: Range<string> | null): string =>
    `${name} ${cost === null ? 'unknown' : showMoney(cost.expected)}`
  return `${show('now', now)}, ${show('flex', flex)}, ${show('batch', batch)} (flex may wait for capacity, batch up to 24 hours)`
}

const showCache = ({ cache }: Estimate): string | undefined =>
  cache.tokens === 0
    ? undefined
    : `up to ${showMoney(cache.saved_usd)} less: the prompts share their first ${showCount(cache.shared_prefix_tokens)} tokens, which the endpoint may read from its cache`

/** Less than this is not worth a flag. */
const leastShare = 0.01

/** Repeats may be meant, as in sampling: it is an offer, not a fault. */
const showRepeats = ({ repeats: { rows, share, saved_usd } }: Estimate): string | undefined => {
  if (share <= leastShare) return undefined
  const percent = `${(share * 100).toFixed(1)} %`
  const saved = saved_usd === null ? percent : `${showMoney(saved_usd)}, ${percent}`
  return `${rows === 1 ? '1 row asks' : `${showCount(rows)} rows ask`} the very same as an earlier one: --dedupe sends each request once and saves ${saved}`
}

const showLimit = ({ cost_limit_usd: limit }: Estimate): string | undefined =>
  limit === null ? undefined : `at most ${showMoney(limit)}: every answer as long as its limit allows, each sent once`

/** An estimate for people. */
export const renderEstimate = (painter: Painter, estimate: Estimate): string[] => {
  const { rows, input, cost_unknown_rows: unpriced } = estimate
  const counts = `${showCount(rows.pending)} of ${showCount(rows.total)} rows to send`
  const copies = rows.copies === 0 ? '' : `, ${showCount(rows.copies)} share the call of an equal one`
  const others = `${showCount(rows.ok)} ok, ${showCount(rows.failed)} failed${copies}`
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['answers', rows.pending === 0 ? undefined : showAnswers(estimate)],
    ['price', rows.pending === 0 ? undefined : showPrices(estimate)],
    ['limit', rows.pending === 0 ? undefined : showLimit(estimate)],
    ['cache', showCache(estimate)],
    ['lanes', rows.pending === 0 ? undefined : showLanes(estimate)],
    ['time', rows.pending === 0 ? undefined : showTime(estimate)],
    ['repeats', showRepeats(estimate)],
    ['spent', showSpent(estimate)],
  ]
  return [
    `${input}: ${counts} (${others})`,
    ...(rows.pending === 0 ? [] : renderModels(painter, estimate)),
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : `${paint(painter, 'dim', name.padEnd(9))}${value}`,
    ),
    ...renderCompared(painter, estimate),
    ...(unpriced === 0
      ? []
      : [paint(painter, 'red', `The cost is without ${countOf(unpriced, 'row')} whose price is not known`)]),
  ]
}
