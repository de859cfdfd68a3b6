import type { Usage } from '../core/model.js'
import type { Usd } from '../core/money.js'

/** What an answer took and costs. */
export interface Charge {
  readonly usage: Usage
  /** Undefined when the model's price is not known. */
  readonly cost: Usd | undefined
  /** Whether the client was told the usage. */
  readonly seen: boolean
}

/** The same charge, of which the client was never told the usage. */
export const unseen = (charge: Charge): Charge => ({ ...charge, seen: false })

/** Sums of charges, seen and unseen apart. A charge added with -1 is taken back. */
export const createSums = () => {
  const seen = { prompt: 0, cached: 0, completion: 0, reasoning: 0, unknown: 0, cost: 0n }
  const unseen = { calls: 0, cost: 0n }
  const add = (charge: Charge | undefined, sign: 1 | -1 = 1): void => {
    if (charge === undefined) return
    const cost = BigInt(sign) * (charge.cost ?? 0n)
    if (!charge.seen) {
      unseen.calls += sign
      unseen.cost += cost
      return
    }
    seen.prompt += sign * charge.usage.promptTokens
    seen.cached += sign * charge.usage.cachedTokens
    seen.completion += sign * charge.usage.completionTokens
    seen.reasoning += sign * charge.usage.reasoningTokens
    seen.unknown += charge.cost === undefined ? sign : 0
    seen.cost += cost
  }
  return { seen, unseen, add }
}
