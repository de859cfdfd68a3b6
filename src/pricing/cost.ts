import type { Usage } from '../core/model.js'
import type { Usd } from '../core/money.js'
import type { PriceBook } from './price-book.js'
import type { RateCard, Rates, TokenRates } from './rates.js'

const selectRates = (card: RateCard, promptTokens: number): TokenRates | undefined => {
  const { longContext } = card
  return longContext !== undefined && promptTokens >= longContext.fromPromptTokens ? longContext.rates : card
}

/** Finds what a request is billed at by model, service tier and length of its prompt; undefined when that is not known. */
export type RateFinder = (
  model: string,
  serviceTier: string | undefined,
  promptTokens: number,
) => TokenRates | undefined

const createRatesLookup = (book: PriceBook, at: Date): ((model: string) => Rates | undefined) => {
  const known = new Map<string, Rates | undefined>()
  return model => {
    if (!known.has(model)) known.set(model, book.rates(model, at))
    return known.get(model)
  }
}

const selectCard = (rates: Rates | undefined, serviceTier: string | undefined): RateCard | undefined =>
  serviceTier === undefined ? rates : rates?.tiers.get(serviceTier)

/** A finder at the prices of one moment. The same rates are always the same object. */
export const createRateFinder = (book: PriceBook, at: Date): RateFinder => {
  const ratesOf = createRatesLookup(book, at)
  return (model, serviceTier, promptTokens) => {
    const card = selectCard(ratesOf(model), serviceTier)
    return card && selectRates(card, promptTokens)
  }
}

/** Sound in the prompt is taken to be uncached: no model of the chat API has a price for it in the cache. */
const pricePrompt = (rates: TokenRates, usage: Usage): Usd | undefined => {
  const uncached = Math.max(usage.promptTokens - usage.cachedTokens - usage.cacheWriteTokens, 0)
  const audio = Math.min(usage.audioPromptTokens, uncached)
  if (audio > 0 && rates.audioInput === undefined) return undefined
  return (
    BigInt(uncached - audio) * rates.input +
    BigInt(audio) * (rates.audioInput ?? 0n) +
    BigInt(usage.cachedTokens) * (rates.cachedInput ?? rates.input) +
    BigInt(usage.cacheWriteTokens) * (rates.cacheWrite ?? rates.input)
  )
}

/** Reasoning tokens are among the completion tokens and cost the same. */
const priceCompletion = (rates: TokenRates, usage: Usage): Usd | undefined => {
  const audio = usage.audioCompletionTokens
  if (audio > 0 && rates.audioOutput === undefined) return undefined
  return BigInt(usage.completionTokens - audio) * rates.output + BigInt(audio) * (rates.audioOutput ?? 0n)
}

/**
 * What one request costs, exactly. Undefined when a price it needs is not known: that of its service tier, of sound.
 * Cached and written tokens are parts of the prompt, each at its own rate (OpenAI guide "Prompt caching"); a long
 * prompt changes the rates of the whole request (OpenAI pricing page, "long context").
 */
export const priceUsage = (rates: Rates, usage: Usage, serviceTier?: string): Usd | undefined => {
  const card = selectCard(rates, serviceTier)
  const selected = card && selectRates(card, usage.promptTokens)
  if (selected === undefined) return undefined
  const prompt = pricePrompt(selected, usage)
  const completion = priceCompletion(selected, usage)
  return prompt === undefined || completion === undefined ? undefined : prompt + completion
}

/** Prices usage by the model and the service tier of the response; undefined when any of it is not known, never 0. */
export type Pricer = (model: string | undefined, usage: Usage | undefined, serviceTier?: string) => Usd | undefined

/** A pricer at the prices of one moment. It looks each model up once: it may be called for millions of rows. */
export const createPricer = (book: PriceBook, at: Date): Pricer => {
  const ratesOf = createRatesLookup(book, at)
  return (model, usage, serviceTier) => {
    const rates = model === undefined ? undefined : ratesOf(model)
    return rates && usage && priceUsage(rates, usage, serviceTier)
  }
}
