import type { Usd } from '../core/money.js'

/** USD a token, exact. */
export interface TokenRates {
  readonly input: Usd
  /** Undefined where the vendor gives no discount: cached tokens cost what others do. */
  readonly cachedInput: Usd | undefined
  /** Undefined where the vendor charges nothing extra for writing to the cache. */
  readonly cacheWrite: Usd | undefined
  /** Undefined where no price for sound is known; it never is that of text. */
  readonly audioInput: Usd | undefined
  readonly output: Usd
  readonly audioOutput: Usd | undefined
}

/** What one service tier of a model costs. */
export interface RateCard extends TokenRates {
  readonly longContext: LongContext | undefined
}

/** From a prompt of this length on other rates hold, for every token of the request. */
export interface LongContext {
  readonly fromPromptTokens: number
  /** Undefined where the tier is not sold for prompts so long. */
  readonly rates: TokenRates | undefined
}

/** What a model costs: its standard card, and the card of each service tier by the tier's name. */
export interface Rates extends RateCard {
  /** The model's name in the price book. */
  readonly model: string
  readonly tiers: ReadonlyMap<string, RateCard>
}

/** A factor as a fraction, since 1.8 is no binary number. */
export type Factor = readonly [numerator: bigint, denominator: bigint]

/** Rates times a factor; undefined when that is no whole number, as a rounded price is not the vendor's. */
export const scaleRates = (rates: TokenRates, [numerator, denominator]: Factor): TokenRates | undefined => {
  const all = [rates.input, rates.cachedInput, rates.cacheWrite, rates.audioInput, rates.output, rates.audioOutput]
  if (all.some(rate => ((rate ?? 0n) * numerator) % denominator !== 0n)) return undefined
  const scale = (rate: Usd): Usd => (rate * numerator) / denominator
  const scaleKnown = (rate: Usd | undefined): Usd | undefined => (rate === undefined ? undefined : scale(rate))
  return {
    input: scale(rates.input),
    cachedInput: scaleKnown(rates.cachedInput),
    cacheWrite: scaleKnown(rates.cacheWrite),
    audioInput: scaleKnown(rates.audioInput),
    output: scale(rates.output),
    audioOutput: scaleKnown(rates.audioOutput),
  }
}
