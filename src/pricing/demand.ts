import type { Usd } from '../core/money.js'
import type { TokenRates } from './rates.js'
import type { RequestSize } from './request-size.js'
import { leastCached } from './shared-prefix.js'

/** Lanes that cost less for waiting longer, called as their service tiers are. */
export type SlowLane = 'flex' | 'batch'

/** Requests that are priced alike: one model, one service tier, one side of the long-context threshold, one limit. */
export interface DemandGroup {
  readonly model: string
  readonly serviceTier: string | undefined
  /** Undefined where no price is known. */
  readonly rates: TokenRates | undefined
  /** The same in the lanes that are cheaper and slower. */
  readonly slowRates: Readonly<Record<SlowLane, TokenRates | undefined>>
  readonly choices: number
  readonly maxTokens: number | undefined
  readonly reasons: boolean
  requests: number
  promptTokens: number
  /** Requests that are long enough for the prompt cache, and their prompt tokens. */
  cacheableRequests: number
  cacheableTokens: number
  /** Tokens at the beginning that all of them share, as a cache holds them; 0 when there are too few. */
  sharedTokens: number
}

/** Finds the rates that a request of this size is billed at; undefined when they are not known. */
export type FindRates = (size: Pick<RequestSize, 'model' | 'serviceTier' | 'promptTokens'>) => TokenRates | undefined

/** What a file of requests asks for, summed up. */
export interface Demand {
  add(size: RequestSize): void
  groups(): readonly DemandGroup[]
}

/** Sums requests up by what they are billed at, so that money is multiplied once and stays exact. */
export const createDemand = (findRates: FindRates): Demand => {
  const groups = new Map<string, Map<TokenRates | undefined, DemandGroup>>()
  return {
    add(size) {
      const { model, serviceTier, choices, maxTokens, reasons, promptTokens } = size
      const key = `${choices} ${maxTokens} ${reasons} ${serviceTier} ${model}`
      const alike = groups.get(key) ?? new Map<TokenRates | undefined, DemandGroup>()
      groups.set(key, alike)
      const rates = findRates(size)
      const group = alike.get(rates) ?? {
        model,
        slowRates: {
          flex: findRates({ ...size, serviceTier: 'flex' }),
          batch: findRates({ ...size, serviceTier: 'batch' }),
        },
        serviceTier,
        rates,
        choices,
        maxTokens,
        reasons,
        requests: 0,
        promptTokens: 0,
        cacheableRequests: 0,
        cacheableTokens: 0,
        sharedTokens: 0,
      }
      alike.set(rates, group)
      group.requests += 1
      group.promptTokens += promptTokens
      if (promptTokens < leastCached) return
      group.cacheableRequests += 1
      group.cacheableTokens += promptTokens
    },
    groups: () => [...groups.values()].flatMap(alike => [...alike.values()]),
  }
}

/** Tokens that can be read from a cache: the shared beginning of every request but the first. */
export const countHits = ({ sharedTokens, cacheableRequests }: DemandGroup): number =>
  sharedTokens * Math.max(0, cacheableRequests - 1)

/**
 * What a group costs, exactly, without or with reads from the prompt cache. Where the vendor charges for writing to the
 * cache, every prompt that is long enough and not read from it is written (OpenAI guide "Prompt caching": caching is on
 * unless a request turns it off).
 */
export const priceGroup = (
  group: DemandGroup,
  completionTokens: number,
  { rates, hits }: { readonly rates: TokenRates; readonly hits: boolean },
): Usd => {
  const { promptTokens, cacheableTokens } = group
  const read = hits ? countHits(group) : 0
  const written = rates.cacheWrite === undefined ? 0 : cacheableTokens - read
  return (
    BigInt(promptTokens - read - written) * rates.input +
    BigInt(read) * (rates.cachedInput ?? rates.input) +
    BigInt(written) * (rates.cacheWrite ?? rates.input) +
    BigInt(completionTokens) * rates.output
  )
}
