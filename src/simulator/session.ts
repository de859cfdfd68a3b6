import type { Clock } from '../core/clock.js'
import { type AskCounter, createAskCounter } from './ask-counter.js'
import { createLedger, type LedgerBook } from './ledger.js'
import type { SimulatorSettings } from './options.js'
import { createPromptCache, type PromptCache } from './prompt-cache.js'
import { createRateLimits, type RateLimits } from './rate-limits.js'

/**
 * All that the simulator remembers. A reset puts a new one in its place; calls in flight end in the one they began in.
 */
export interface Session {
  readonly startedAt: number
  readonly ledger: LedgerBook
  readonly limits: RateLimits
  readonly cache: PromptCache
  /** How often a request was let in. */
  readonly asked: AskCounter
  /** Answers paid for, or being written. */
  answers: number
}

export const createSession = (settings: SimulatorSettings, clock: Clock): Session => ({
  startedAt: clock.now(),
  ledger: createLedger(settings.ledgerCalls),
  limits: createRateLimits(settings, clock),
  cache: createPromptCache(),
  asked: createAskCounter(),
  answers: 0,
})
