import type { Usage } from '../core/model.js'
import type { Usd } from '../core/money.js'
import type { PriceBook, Rates } from './price-book.js'

/** The exact cost of one request; undefined when a rate it needs is unknown. */
export const priceUsage = (rates: Rates, usage: Usage, _serviceTier?: string): Usd | undefined =>
  BigInt(usage.promptTokens) * rates.input + BigInt(usage.completionTokens) * rates.output

/** Prices usage by model and service tier; undefined when model, usage or price is unknown. */
export type Pricer = (
  model: string | undefined,
  usage: Usage | undefined,
  serviceTier?: string | undefined,
) => Usd | undefined

/** A pricer that looks each model up once. */
export const createPricer = (book: PriceBook, at: Date): Pricer => {
  const known = new Map<string, Rates | undefined>()
  return (model, usage, serviceTier) => {
    if (model === undefined || usage === undefined) return undefined
    if (!known.has(model)) known.set(model, book.rates(model, at))
    const rates = known.get(model)
    return rates && priceUsage(rates, usage, serviceTier)
  }
}
