import type { RowFault, Usage } from './model.js'
import type { Usd } from './money.js'

/** What became of a row. A failed row has the same shape as an answered one. */
export interface Outcome<Parsed = unknown> {
  readonly status: 'ok' | 'failed' | 'pending'
  readonly response: string | undefined
  /** What `response` holds, when answers are asked for as JSON and this one is as it should be. */
  readonly parsed: Parsed | undefined
  readonly finishReason: string | undefined
  /** Why the row failed, or what to look at in an answer that is usable: `truncated`, `refused`, `content_filter`. */
  readonly errorCode: string | undefined
  readonly errorMessage: string | undefined
  /** The model that answered, as the endpoint named it. */
  readonly model: string | undefined
  /** Tokens over all attempts of the row, as far as they were reported. */
  readonly usage: Usage | undefined
  /** Cost over all attempts. Undefined when nothing was reported as used, or when a price is unknown: then `costUnknown`. */
  readonly costUsd: Usd | undefined
  readonly costUnknown: boolean
  /** Calls made for the row, over all sessions. */
  readonly attempts: number
  readonly latencyMs: number | undefined
  readonly requestId: string | undefined
  readonly simulated: boolean
  /** What the call took that brought the answer, where `usage` and `costUsd` may be more than that: there were several. */
  readonly answerTook: Took | undefined
  /** What the call took that brought the answer, when it was made for another row with the very same request. */
  readonly saved: Took | undefined
}

/** What one call took, as far as it was reported. */
export interface Took {
  readonly usage: Usage | undefined
  readonly costUsd: Usd | undefined
}

/** Prices one completion at the prices of the moment it was answered (epoch ms); undefined when that is not known. */
export type Price = (answer: Priced, at: number) => Usd | undefined

/** What a price depends on. */
export interface Priced {
  readonly model: string | undefined
  readonly usage: Usage
  readonly serviceTier: string | undefined
}

/** What there is to say of a row that nothing is known of. */
export const noOutcome: Outcome = {
  status: 'pending',
  response: undefined,
  parsed: undefined,
  finishReason: undefined,
  errorCode: undefined,
  errorMessage: undefined,
  model: undefined,
  usage: undefined,
  costUsd: undefined,
  costUnknown: false,
  attempts: 0,
  latencyMs: undefined,
  requestId: undefined,
  simulated: false,
  answerTook: undefined,
  saved: undefined,
}

/** A row that has not been sent, or whose sends brought nothing final. */
export const pendingOutcome = (attempts = 0): Outcome => ({ ...noOutcome, attempts })

/** A fault in words, with what concerns the row alone. */
export const tellFault = ({ message, detail }: RowFault): string =>
  detail === undefined ? message : `${message}: ${detail}`

/** A row that no request can be made from. */
export const faultOutcome = (fault: RowFault): Outcome => ({
  ...noOutcome,
  status: 'failed',
  errorCode: fault.code,
  errorMessage: tellFault(fault),
})

const noUsage: Usage = {
  promptTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  audioPromptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  audioCompletionTokens: 0,
}

/**
 * What becomes of a row that shares the call of an equal one. Tokens, cost and attempts are its own: none, unless it was
 * sent itself before. So each call counts once, and sums over rows are sums over calls.
 * @param given what became of the row that was sent
 * @param own what the row's own records say
 */
export const copyOutcome = (given: Outcome, own: Outcome = noOutcome): Outcome => {
  if (given.status === 'pending') return own
  const nothingSpent = given.costUsd === undefined ? undefined : 0n
  return {
    status: given.status,
    response: given.response,
    parsed: given.parsed,
    finishReason: given.finishReason,
    errorCode: given.errorCode,
    errorMessage: given.errorMessage,
    model: given.model,
    usage: own.usage ?? (given.usage && noUsage),
    costUsd: own.costUnknown ? undefined : (own.costUsd ?? nothingSpent),
    costUnknown: own.costUnknown,
    attempts: own.attempts,
    latencyMs: given.latencyMs,
    requestId: given.requestId,
    simulated: given.simulated,
    answerTook: undefined,
    saved: given.saved ?? given.answerTook ?? { usage: given.usage, costUsd: given.costUsd },
  }
}
