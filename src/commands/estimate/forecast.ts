import { formatUsd, type Usd } from '../../core/money.js'
import { countHits, type DemandGroup, priceGroup, type SlowLane } from '../../pricing/demand.js'
import type { TokenRates } from '../../pricing/rates.js'
import type { Range, RowTokens } from './expectation.js'

/** Tokens and money of the rows to be sent. */
export interface Forecast {
  readonly rows: number
  readonly promptTokens: number
  readonly completionTokens: Range
  /** Of the rows whose price is known; undefined when none is. */
  readonly cost: Range<Usd> | undefined
  readonly unpricedRows: number
  /** Cost when every answer is as long as its limit allows; undefined when a request has no limit, or no price. */
  readonly limit: Usd | undefined
}

const bounds = ['low', 'expected', 'high'] as const

const toTokens = ({ requests }: DemandGroup, perRow: number): number => Math.round(requests * perRow)

const sumRange = <T>(ranges: readonly Range<T>[], add: (a: T, b: T) => T, zero: T): Range<T> => {
  const [low, expected, high] = bounds.map(bound => ranges.reduce((sum, range) => add(sum, range[bound]), zero))
  return { low: low ?? zero, expected: expected ?? zero, high: high ?? zero }
}

/** Low is with all that a cache can bring, the others without: nobody promises a hit. */
const priceRange = (group: DemandGroup, completion: Range, rates: TokenRates | undefined): Range<Usd> | undefined =>
  rates && {
    low: priceGroup(group, completion.low, { rates, hits: true }),
    expected: priceGroup(group, completion.expected, { rates, hits: false }),
    high: priceGroup(group, completion.high, { rates, hits: false }),
  }

const toCompletions = (group: DemandGroup, rowTokens: RowTokens): Range => {
  const perRow = rowTokens(group)
  return {
    low: toTokens(group, perRow.low),
    expected: toTokens(group, perRow.expected),
    high: toTokens(group, perRow.high),
  }
}

const isKnown = <T>(value: T | undefined): value is T => value !== undefined

/** What all rows cost in a cheaper lane; undefined when one of them has no known price there. */
export const forecastLane = (
  groups: readonly DemandGroup[],
  rowTokens: RowTokens,
  lane: SlowLane,
): Range<Usd> | undefined => {
  const costs = groups.map(group => priceRange(group, toCompletions(group, rowTokens), group.slowRates[lane]))
  return costs.every(isKnown) ? sumRange(costs, (a, b) => a + b, 0n) : undefined
}

const priceLimit = (group: DemandGroup): Usd | undefined => {
  const { maxTokens, choices, requests, rates } = group
  if (maxTokens === undefined || rates === undefined) return undefined
  return priceGroup(group, requests * choices * maxTokens, { rates, hits: false })
}

/** What reads from the prompt cache would save of the expected cost, and how many tokens they are. */
export const forecastCache = (groups: readonly DemandGroup[]): { readonly tokens: number; readonly saved: Usd } => {
  const saved = groups.map(group => {
    const { rates } = group
    if (rates === undefined) return 0n
    return priceGroup(group, 0, { rates, hits: false }) - priceGroup(group, 0, { rates, hits: true })
  })
  return {
    tokens: groups.reduce((sum, group) => sum + countHits(group), 0),
    saved: saved.reduce((sum, usd) => sum + usd, 0n),
  }
}

/** Multiplies what is asked for with what is expected. Sums are exact: tokens are whole, money is never rounded. */
export const forecast = (groups: readonly DemandGroup[], rowTokens: RowTokens): Forecast => {
  const completions = groups.map(group => toCompletions(group, rowTokens))
  const costs = groups.map((group, index) => {
    const completion = completions[index]
    return completion && priceRange(group, completion, group.rates)
  })
  const unpriced = groups.filter(({ rates }) => rates === undefined)
  const limits = groups.map(priceLimit)
  const countRows = (of: readonly DemandGroup[]): number => of.reduce((sum, { requests }) => sum + requests, 0)
  const priced = costs.filter(isKnown)
  return {
    rows: countRows(groups),
    promptTokens: groups.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    completionTokens: sumRange(completions, (a, b) => a + b, 0),
    cost: priced.length === 0 && groups.length > 0 ? undefined : sumRange(priced, (a, b) => a + b, 0n),
    unpricedRows: countRows(unpriced),
    limit: limits.every(isKnown) ? limits.reduce((sum, limit) => sum + limit, 0n) : undefined,
  }
}

/** Exact decimals for machines. */
export const formatRange = (range: Range<Usd>): Range<string> => ({
  low: formatUsd(range.low),
  expected: formatUsd(range.expected),
  high: formatUsd(range.high),
})
