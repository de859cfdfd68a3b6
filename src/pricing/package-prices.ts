import type { ModelInfo, ModelPrice, TieredPrices } from '@pydantic/genai-prices'
import { parseDecimal, type Usd } from '../core/money.js'
import { toDecimal } from './price-number.js'
import type { RateCard, TokenRates } from './rates.js'

type Price = number | TieredPrices | undefined

/** Of USD a million tokens, the ninth decimal is a femtodollar a token. */
const decimals = 9

/** Undefined for a price finer than money holds. */
const toRate = (price: number): Usd | undefined => parseDecimal(toDecimal(price), decimals)

const priceAt = (price: Price, tier: number | undefined): number | undefined => {
  if (price === undefined || typeof price === 'number') return price
  return tier === undefined ? price.base : (price.tiers.find(({ start }) => start === tier)?.price ?? price.base)
}

/** Undefined when a price that is given cannot be held exactly, or one that every request needs is missing. */
const toTokenRates = (prices: ModelPrice, tier: number | undefined): TokenRates | undefined => {
  let exact = true
  const rateOf = (unit: string): Usd | undefined => {
    const price = priceAt(prices[unit], tier)
    const rate = price === undefined ? undefined : toRate(price)
    if (price !== undefined && rate === undefined) exact = false
    return rate
  }
  const [input, output] = [rateOf('input_mtok'), rateOf('output_mtok')]
  const rest = {
    cachedInput: rateOf('cache_read_mtok'),
    cacheWrite: rateOf('cache_write_mtok'),
    audioInput: rateOf('input_audio_mtok'),
    audioOutput: rateOf('output_audio_mtok'),
  }
  return exact && input !== undefined && output !== undefined ? { input, output, ...rest } : undefined
}

const tierStarts = (prices: ModelPrice): readonly number[] => {
  const tiers = Object.values(prices).flatMap(price => (typeof price === 'object' ? price.tiers : []))
  return [...new Set(tiers.map(({ start }) => start))]
}

/**
 * The rates in the package's prices of a model, if they are of a form known here. A tier holds when a request has
 * more prompt tokens than its `start`, for all of the request: 271,999 for "from 272 k on", 272,000 for "above 272 k"
 * (the package's `price_comments`, and its own sums).
 */
export const toRateCard = (prices: ModelPrice): RateCard | undefined => {
  const base = toTokenRates(prices, undefined)
  const [start, ...more] = tierStarts(prices)
  if (base === undefined || more.length > 0) return undefined
  if (start === undefined) return { ...base, longContext: undefined }
  const rates = toTokenRates(prices, start)
  return rates && { ...base, longContext: { fromPromptTokens: start + 1, rates } }
}

/** The prices that hold at a moment: of the steps that have begun, the last. Undefined when they change by the hour. */
export const pricesAt = ({ prices }: ModelInfo, at: Date): ModelPrice | undefined => {
  if (!Array.isArray(prices)) return prices
  if (prices.some(({ constraint }) => constraint?.type === 'time_of_date')) return undefined
  const begun = prices.findLast(
    ({ constraint }) => constraint?.type !== 'start_date' || new Date(constraint.start_date) <= at,
  )
  return begun?.prices
}

/** The names the package gives a model in full. Its prefixes and patterns are left: they take `gpt-5x` for `gpt-5`. */
export const namesOf = ({ id, match }: ModelInfo): readonly string[] => {
  const clauses = 'or' in match ? match.or : [match]
  return [id, ...clauses.flatMap(clause => ('equals' in clause ? [clause.equals] : []))]
}
