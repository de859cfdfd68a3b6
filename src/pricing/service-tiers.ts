import { type Factor, type RateCard, type Rates, scaleRates } from './rates.js'

/** Tiers billed at the standard rates. Scale is paid for in units bought ahead, at no less. */
const standardTiers = ['default', 'auto', 'standard', 'scale']

/** What other vendors call the standard tier: Groq (console.groq.com/docs/service-tiers). */
const foreignStandardTiers = ['on_demand']

/** Half of every rate, cached and written tokens too (OpenAI guides "Batch API" and "Flex processing"). */
const halfPriceTiers = ['batch', 'flex']

/** Two names of one tier: "priority" became "fast" on 2026-07-30, and responses still say the former. */
const fastTiers = ['fast', 'priority']

/**
 * What the fast tier costs, by model, as a multiple of the standard rates; not sold for long context. From the prices
 * at openai.com/api-fast-mode and openai.com/api-priority-processing (stored copies of August 2026); gpt-6 from public
 * price tables that copy developers.openai.com/api/docs/pricing (September 2026). A model that is not here has no
 * known fast price.
 */
const fastFactors: ReadonlyMap<string, Factor> = new Map<string, Factor>([
  ['gpt-4o', [17n, 10n]],
  ['gpt-4o-2024-05-13', [7n, 4n]],
  ['gpt-4o-mini', [5n, 3n]],
  ['gpt-4.1', [7n, 4n]],
  ['gpt-4.1-mini', [7n, 4n]],
  ['gpt-4.1-nano', [2n, 1n]],
  ['o3', [7n, 4n]],
  ['o4-mini', [20n, 11n]],
  ['gpt-5', [2n, 1n]],
  ['gpt-5-mini', [9n, 5n]],
  ['gpt-5.1', [2n, 1n]],
  ['gpt-5.2', [2n, 1n]],
  ['gpt-5.4', [2n, 1n]],
  ['gpt-5.4-mini', [2n, 1n]],
  ['gpt-5.5', [5n, 2n]],
  ['gpt-5.6-sol', [2n, 1n]],
  ['gpt-5.6-terra', [2n, 1n]],
  ['gpt-5.6-luna', [2n, 1n]],
  ['gpt-6-astra', [2n, 1n]],
  ['gpt-6-sol', [2n, 1n]],
  ['gpt-6-luna', [2n, 1n]],
])

const toHalfPrice = (card: RateCard): RateCard | undefined => {
  const rates = scaleRates(card, [1n, 2n])
  const { longContext } = card
  if (rates === undefined || longContext === undefined) return rates && { ...rates, longContext }
  return {
    ...rates,
    longContext: { ...longContext, rates: longContext.rates && scaleRates(longContext.rates, [1n, 2n]) },
  }
}

const toFast = (model: string, card: RateCard): RateCard | undefined => {
  const factor = fastFactors.get(model)
  const rates = factor && scaleRates(card, factor)
  return rates && { ...rates, longContext: card.longContext && { ...card.longContext, rates: undefined } }
}

/** A model's standard rates with those of the service tiers. A tier whose price is not known has no card. */
export const withServiceTiers = (model: string, card: RateCard): Rates => {
  const tiers = new Map<string, RateCard>()
  const offer = (names: readonly string[], offered: RateCard | undefined): void => {
    if (offered !== undefined) for (const name of names) tiers.set(name, offered)
  }
  offer(standardTiers, card)
  offer(halfPriceTiers, toHalfPrice(card))
  offer(fastTiers, toFast(model, card))
  return { ...card, model, tiers }
}

/** Standard rates with tiers whose rates are given. A tier that is not given has no card. */
export const withTiers = (model: string, card: RateCard, given: ReadonlyMap<string, RateCard>): Rates => {
  const tiers = new Map(given)
  for (const name of [...standardTiers, ...foreignStandardTiers]) tiers.set(name, card)
  const fast = given.get('priority')
  if (fast !== undefined) for (const name of fastTiers) tiers.set(name, fast)
  return { ...card, model, tiers }
}
