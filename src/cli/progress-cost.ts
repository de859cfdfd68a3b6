import type { Progress } from '../commands/ports.js'
import type { Usd } from '../core/money.js'
import { countLeft } from './progress-pace.js'

/** What the session has spent; undefined when the cost of an answer is unknown: a part is not the whole. */
export const toSpent = ({ spentUsd, unpriced }: Progress): Usd | undefined => (unpriced > 0 ? undefined : spentUsd)

/**
 * What the session will come to, if the rows left cost what the settled ones did. Undefined when nothing is settled, or
 * the cost is unknown.
 */
export const toExpected = (progress: Progress): Usd | undefined => {
  const spent = toSpent(progress)
  const { settled } = progress
  if (spent === undefined || settled === 0) return undefined
  return (spent * BigInt(settled + countLeft(progress))) / BigInt(settled)
}
