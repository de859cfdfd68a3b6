import type { Price } from '../../core/outcome.js'
import { createPricer, type Pricer } from '../../pricing/cost.js'
import type { PriceBook } from '../../pricing/price-book.js'

const dayMs = 24 * 60 * 60 * 1000

/** Prices each answer at the rates of its own day (UTC), as the bill does; a pricer is made once a day, not once a row. */
export const createDailyPrice = (book: PriceBook): Price => {
  const pricers = new Map<number, Pricer>()
  return ({ model, usage, serviceTier }, at) => {
    const day = Math.floor(at / dayMs)
    const pricer = pricers.get(day) ?? createPricer(book, new Date(at))
    pricers.set(day, pricer)
    return pricer(model, usage, serviceTier)
  }
}
