import type { Usd } from '../core/money.js'
import type { TokenRates } from './rates.js'
import type { RequestSize } from './request-size.js'

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
      }
      alike.set(rates, group)
      group.requests += 1
      group.promptTokens += promptTokens
    },
    groups: () => [...groups.values()].flatMap(alike => [...alike.values()]),
  }
}

/** What a group costs, exactly; undefined when its price is not known. */
export const priceGroup = (
  { rates: ownRates, promptTokens }: DemandGroup,
  completionTokens: number,
  rates = ownRates,
): Usd | undefined => rates && BigInt(promptTokens) * rates.input + BigInt(completionTokens) * rates.output
