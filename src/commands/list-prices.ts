import { PromptmillError } from '../core/errors.js'
import { nearestName } from '../core/nearest.js'
import type { PriceBook } from '../pricing/price-book.js'
import type { RateCard, Rates } from '../pricing/rates.js'
import { formatRates, type RateReport } from './estimate/rate-report.js'
import { loadPrices } from './session/prices.js'

/** What one service tier of a model costs. */
export interface PriceListing extends RateReport {
  readonly model: string
  /** `standard`, `batch`, `flex` or `priority`. */
  readonly service_tier: string
  /** From a prompt of so many tokens on these rates hold; 0 for all shorter ones. */
  readonly from_prompt_tokens: number
}

/** What is known of prices, and from where. */
export interface PriceList {
  readonly prices: readonly PriceListing[]
  readonly source: string
  readonly date: string
}

const listedTiers = ['batch', 'flex', 'priority'] as const

const listCard = (model: string, service_tier: string, card: RateCard): PriceListing[] => {
  const { longContext } = card
  const base = { model, service_tier, from_prompt_tokens: 0, ...formatRates(card) }
  if (longContext?.rates === undefined) return [base]
  return [base, { ...base, from_prompt_tokens: longContext.fromPromptTokens, ...formatRates(longContext.rates) }]
}

const listRates = (model: string, rates: Rates): PriceListing[] => [
  ...listCard(model, 'standard', rates),
  ...listedTiers.flatMap(tier => {
    const card = rates.tiers.get(tier)
    return card === undefined ? [] : listCard(model, tier, card)
  }),
]

const noPrice = (model: string, { models, source }: PriceBook): PromptmillError => {
  const nearest = nearestName(model, models)
  return new PromptmillError('bad_price', `No price is known for ${model} (${source})`, {
    hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Give --prices FILE with the rates of the model`,
  })
}

/**
 * Lists the prices that hold at a moment: of one model every service tier, of all models the standard rates.
 * @throws PromptmillError `bad_price` for a model without a price, or a price file that is wrong
 */
export const listPrices = async (
  model: string | undefined,
  prices: string | undefined,
  at: Date,
): Promise<PriceList> => {
  const book = await loadPrices(prices)
  const facts = { source: book.source, date: at.toISOString().slice(0, 10) }
  if (model !== undefined) {
    const rates = book.rates(model, at)
    if (rates === undefined) throw noPrice(model, book)
    return { prices: listRates(model, rates), ...facts }
  }
  const all = book.models.toSorted().flatMap(name => {
    const rates = book.rates(name, at)
    return rates === undefined ? [] : listCard(name, 'standard', rates)
  })
  return { prices: all, ...facts }
}
