import { formatUsd } from '../../core/money.js'
import type { TokenRates } from '../../pricing/rates.js'

/** Rates in USD a million tokens, exact decimals; null where the vendor has none of its own. */
export interface RateReport {
  readonly input: string
  readonly cached_input: string | null
  readonly cache_write: string | null
  readonly output: string
}

const million = 1_000_000n

const formatRate = (rate: bigint | undefined): string | null => (rate === undefined ? null : formatUsd(rate * million))

/** Rates for people and programs. */
export const formatRates = (rates: TokenRates): RateReport => ({
  input: formatUsd(rates.input * million),
  cached_input: formatRate(rates.cachedInput),
  cache_write: formatRate(rates.cacheWrite),
  output: formatUsd(rates.output * million),
})
