import type { FailureClass } from '../core/failures.js'

/** First step and ceiling of the backoff, in ms. */
const baseMs = 500
const capMs = 60_000

/**
 * Exponential backoff with full jitter: anything from nothing to the step, so that callers that failed together do not
 * come back together. After Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * `failures` counts from 1.
 */
export const backoffMs = (failures: number, random: () => number): number =>
  random() * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30))

/** Most that is added to a wait the server asked for, in ms. */
const mostJitterMs = 5000

/** The server's wait is a minimum: OpenAI's rate-limit guide asks to add jitter to it. */
export const serverWaitMs = (askedMs: number, random: () => number): number =>
  askedMs + random() * Math.min(mostJitterMs, 100 + askedMs / 4)

/** So many refusals on end are waited out as the server asks; after that its word has turned out too short. */
const trusted = 2

/**
 * How long to wait after a number of failures on end, counted from 1: never less than the server asks, and more where it
 * goes on failing all the same. A server that refuses everything with `Retry-After: 0` must not be asked twenty times a
 * second.
 */
export const retryWaitMs = (failures: number, askedMs: number | undefined, random: () => number): number => {
  if (askedMs === undefined) return backoffMs(failures, random)
  const waitMs = serverWaitMs(askedMs, random)
  return failures <= trusted ? waitMs : Math.max(waitMs, backoffMs(failures - trusted, random))
}

/** The last failure of a row and what came before it. */
export interface FailedAttempt {
  readonly class: FailureClass
  /** The row's failures so far, this one included, that may have been billed. */
  readonly ambiguous: number
  /** All of the row's failures so far, this one included. */
  readonly failures: number
  /** What the server asked for, in ms. */
  readonly askedMs: number | undefined
  /** Time in the row's attempts that may have been billed, and in the waits after them, in ms. */
  readonly triedMs: number
}

export interface RetryLimits {
  readonly retries: number
  readonly rowTimeoutMs: number
  readonly maxWaitMs: number
}

export type Verdict =
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'fail' }
  | { readonly kind: 'stop' }
  /** The server asks for a longer wait than is allowed. */
  | { readonly kind: 'wait_too_long'; readonly waitMs: number }

/** What to do after a failed attempt. */
export const decideRetry = (failed: FailedAttempt, limits: RetryLimits, random: () => number): Verdict => {
  if (failed.class === 'run-fatal') return { kind: 'stop' }
  if (failed.class === 'row-fatal' || failed.class === 'flagged') return { kind: 'fail' }
  if (failed.class === 'ambiguous' && failed.ambiguous > limits.retries) return { kind: 'fail' }
  const { askedMs } = failed
  if (askedMs !== undefined && askedMs > limits.maxWaitMs) return { kind: 'wait_too_long', waitMs: askedMs }
  const waitMs = retryWaitMs(failed.failures, askedMs, random)
  const overdue = failed.class === 'ambiguous' && failed.triedMs + waitMs > limits.rowTimeoutMs
  return overdue ? { kind: 'fail' } : { kind: 'retry', waitMs }
}
