import { PromptmillError } from '../core/errors.js'
import type { JsonObject } from '../core/model.js'
import type { Usd } from '../core/money.js'
import { holdsUncounted } from './chat-tokens.js'
import { findImages, imageMargin } from './image-parts.js'
import type { ModelLimits } from './model-limits.js'
import type { PriceBook } from './price-book.js'
import type { RateCard, Rates, TokenRates } from './rates.js'
import {
  asksForSound,
  maxTokensOf,
  measureRequest,
  type RequestSize,
  searchesWeb,
  serviceTierOf,
} from './request-size.js'
import { loadTokenCounter, type TokenCounter } from './tokens.js'

/** The worst that one request can cost. */
export interface RequestWorstCase {
  /** Prompt tokens, as counted before it is sent. */
  readonly promptTokens: number
  /** The cost if the prompt is reported as so many tokens and every answer is as long as it may be. */
  cost(promptTokens: number): Usd
}

/** What the worst case is made of, beside the request. */
export interface WorstCaseFacts {
  readonly book: PriceBook
  readonly limits: (model: string) => ModelLimits
  /** The moment whose prices hold. */
  readonly at: Date
  /** Told once for each model whose answers have no limit but its own. */
  readonly onUncapped: (model: string, outputTokens: number) => void
}

/** The dearest that a prompt token can be: written to the cache, where that costs more than not. */
const inputRate = ({ input, cacheWrite = 0n }: TokenRates): Usd => (cacheWrite > input ? cacheWrite : input)

/** The dearest that a token of an answer can be: an answer of sound has tokens of text too. */
const outputRate = ({ output, audioOutput = 0n }: TokenRates, sound: boolean): Usd =>
  sound && audioOutput > output ? audioOutput : output

const selectRates = (card: RateCard, promptTokens: number): TokenRates => {
  const { longContext } = card
  return (longContext !== undefined && promptTokens >= longContext.fromPromptTokens && longContext.rates) || card
}

const needsPrice = (model: string, source: string): PromptmillError =>
  new PromptmillError('bad_price', `--max-cost needs a price, and none is known for ${model}`, {
    hint: `Give one with --prices FILE, or run without --max-cost (rates: ${source})`,
  })

const needsLimit = (model: string): PromptmillError =>
  new PromptmillError('bad_flag', `--max-cost needs to know how long an answer of ${model} can be`, {
    hint: 'Give --max-tokens N: the most that one answer may take',
  })

const leaveOut =
  'Leave such rows out (--where chooses rows), or run without --max-cost: a few at first (--limit), to see what they cost'

/** Tokens that images behind a URL can take beyond what they are counted as; undefined where nothing limits them. */
const marginOf = (model: string, request: JsonObject): number | undefined => {
  let sum: number | undefined = 0
  for (const part of findImages(request)) {
    const margin = imageMargin(part, model)
    sum = sum === undefined || margin === undefined ? undefined : sum + margin
  }
  return sum
}

/** Why no worst case of a request is known, however long its answer, and what can be done; undefined when there is one. */
const findUnbounded = (
  model: string,
  request: JsonObject,
  margin: number | undefined,
): { readonly reason: string; readonly hint: string } | undefined => {
  if (holdsUncounted(request['messages'])) {
    return { reason: 'what sound, files and the like take is not known before they are sent', hint: leaveOut }
  }
  if (searchesWeb(request)) return { reason: 'what a web search costs is not known', hint: leaveOut }
  if (margin !== undefined) return undefined
  return {
    reason: `an image behind a URL may be of any size, and ${model} takes it whole`,
    hint: 'Give --image-detail high, which has a limit, or name image files, whose size is known',
  }
}

/**
 * Tells how many tokens more than counted a prompt can take.
 * @throws PromptmillError `bad_flag` when there is no worst case
 */
const boundMargin = (model: string, request: JsonObject, nameRow: () => string): number => {
  const margin = marginOf(model, request)
  const found = findUnbounded(model, request, margin)
  if (found === undefined) return margin ?? 0
  const { reason, hint } = found
  throw new PromptmillError('bad_flag', `--max-cost cannot hold for ${nameRow()}: ${reason}`, { hint })
}

/** Knows the worst case of any request, each model looked up once. */
export interface WorstCases {
  /**
   * @param body the request's JSON text
   * @throws PromptmillError `bad_price` or `bad_flag` when the worst case of its model is not known
   */
  of(model: string, body: string): RequestWorstCase | Promise<RequestWorstCase>
  /** Throws what `of` would, naming the row, without counting tokens: for all requests before the first is sent. */
  check(model: string, body: string, nameRow: () => string): void
}

interface KnownModel {
  readonly rates: Rates
  readonly counter: TokenCounter
}

export const createWorstCases = ({ book, limits, at, onUncapped }: WorstCaseFacts): WorstCases => {
  const known = new Map<string, KnownModel>()
  const uncapped = new Map<string, number>()

  const ratesOf = (model: string): Rates => {
    const rates = book.rates(model, at)
    if (rates === undefined) throw needsPrice(model, book.source)
    return rates
  }
  const longestAnswer = (model: string): number => {
    const told = uncapped.get(model)
    if (told !== undefined) return told
    const { outputTokens } = limits(model)
    if (outputTokens === undefined) throw needsLimit(model)
    uncapped.set(model, outputTokens)
    onUncapped(model, outputTokens)
    return outputTokens
  }
  const cardOf = (rates: Rates, request: JsonObject, model: string): RateCard => {
    const tier = serviceTierOf(request)
    const card = tier === undefined ? rates : rates.tiers.get(tier)
    if (card === undefined) throw needsPrice(`${model} with service_tier ${tier}`, book.source)
    const priced = [card, card.longContext?.rates ?? card]
    if (asksForSound(request) && priced.some(({ audioOutput }) => audioOutput === undefined)) {
      throw needsPrice(`answers of ${model} in sound`, book.source)
    }
    return card
  }
  const measure = ({ rates, counter }: KnownModel, body: string): RequestWorstCase => {
    const request = JSON.parse(body) as JsonObject
    const size: RequestSize = measureRequest(request, counter)
    const margin = boundMargin(size.model, request, () => 'a row')
    const card = cardOf(rates, request, size.model)
    const sound = asksForSound(request)
    const completionTokens = (size.maxTokens ?? longestAnswer(size.model)) * size.choices
    return {
      promptTokens: size.promptTokens + margin,
      cost(promptTokens) {
        const selected = selectRates(card, promptTokens)
        return BigInt(promptTokens) * inputRate(selected) + BigInt(completionTokens) * outputRate(selected, sound)
      },
    }
  }
  return {
    of(model, body) {
      const facts = known.get(model)
      if (facts !== undefined) return measure(facts, body)
      const rates = ratesOf(model)
      return loadTokenCounter(model).then(counter => {
        const loaded = { rates, counter }
        known.set(model, loaded)
        return measure(loaded, body)
      })
    },
    check(model, body, nameRow) {
      const request = JSON.parse(body) as JsonObject
      boundMargin(model, request, nameRow)
      cardOf(ratesOf(model), request, model)
      if (maxTokensOf(request) === undefined) longestAnswer(model)
    },
  }
}
