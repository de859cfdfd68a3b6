import type { Clock } from '../core/clock.js'
import type { ApiError } from './api-error.js'
import type { SimulatorSettings } from './options.js'
import { createTokenBucket, type TokenBucket } from './token-bucket.js'
import type { Headers } from './wire.js'

/**
 * A duration as the API writes it in its reset headers, in Go's form: `12ms`, `1s`, `8.64s`, `6m0s`, `1h0m0s`.
 * Rounded up to the millisecond.
 */
export const formatDuration = (ms: number): string => {
  const whole = Math.ceil(ms)
  if (whole < 1000) return whole <= 0 ? '0s' : `${whole}ms`
  const seconds = `${(whole % 60_000) / 1000}s`
  const minutes = Math.floor(whole / 60_000)
  if (minutes === 0) return seconds
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`
}

/** A call that the limits do not let in. */
export interface Refusal {
  readonly error: ApiError
  /** `retry-after` in whole seconds and `retry-after-ms`; none when waiting cannot help. */
  readonly headers: Headers
}

export interface RateLimits {
  /** Lets a call in and charges its tokens, or says why not. */
  admit(model: string, tokens: number): Refusal | undefined
  /** Puts the charge right once the call's true tokens are known. */
  settle(charged: number, used: number): void
  /** The `x-ratelimit-*` headers as of now. */
  headers(): Headers
}

type Kind = 'requests' | 'tokens'

interface Limit {
  readonly kind: Kind
  readonly perMinute: number
  readonly bucket: TokenBucket
}

const unitName = { requests: 'requests per min (RPM)', tokens: 'tokens per min (TPM)' } as const

const tooLarge = ({ kind, perMinute }: Limit, model: string, amount: number): Refusal => ({
  error: {
    status: 429,
    message: `Request too large for ${model} in organization org-sim on ${unitName[kind]}: Limit ${perMinute}, Requested ${amount}. The input or output tokens must be reduced in order to run successfully.`,
    type: kind,
    param: null,
    code: 'rate_limit_exceeded',
  },
  headers: {},
})

const limitReached = ({ kind, perMinute, bucket }: Limit, model: string, amount: number): Refusal => {
  const waitMs = Math.max(1, Math.ceil(bucket.msUntil(amount)))
  const used = Math.min(perMinute, Math.ceil(perMinute - bucket.level()))
  return {
    error: {
      status: 429,
      message: `Rate limit reached for ${model} in organization org-sim on ${unitName[kind]}: Limit ${perMinute}, Used ${used}, Requested ${amount}. Please try again in ${formatDuration(waitMs)}.`,
      type: kind,
      param: null,
      code: 'rate_limit_exceeded',
    },
    headers: { 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(waitMs) },
  }
}

const describeLimit = ({ kind, perMinute, bucket }: Limit): readonly (readonly [string, string])[] => [
  [`x-ratelimit-limit-${kind}`, String(perMinute)],
  [`x-ratelimit-remaining-${kind}`, String(Math.max(0, Math.floor(bucket.level())))],
  [`x-ratelimit-reset-${kind}`, formatDuration(bucket.msUntilFull())],
]

/**
 * The limits of one account, shared by all its models. Each is a token bucket that refills continuously and starts
 * full; `burstSeconds` sets how much of the minute it holds, since OpenAI says that a limit may be enforced in shorter
 * slices. As the API's rate-limit guide has it, a refused call still counts as a request: it takes what is left of one,
 * so a client that resends without waiting gets nothing through. `reset` is the time to a full bucket.
 */
export const createRateLimits = (
  { rpm, tpm, burstSeconds }: Pick<SimulatorSettings, 'rpm' | 'tpm' | 'burstSeconds'>,
  clock: Pick<Clock, 'now'>,
): RateLimits => {
  const toLimit = (kind: Kind, perMinute: number | undefined): Limit | undefined =>
    perMinute === undefined
      ? undefined
      : { kind, perMinute, bucket: createTokenBucket(perMinute, Math.max(1, (perMinute * burstSeconds) / 60), clock) }
  const requests = toLimit('requests', rpm)
  const tokens = toLimit('tokens', tpm)
  const limits = [requests, tokens].filter(limit => limit !== undefined)
  const refuse = (refusal: Refusal): Refusal => {
    requests?.bucket.drain(1)
    return refusal
  }
  return {
    admit(model, amount) {
      if (requests !== undefined && !requests.bucket.has(1)) {
        requests.bucket.drain(1)
        return limitReached(requests, model, 1)
      }
      if (tokens !== undefined && amount > tokens.perMinute) return refuse(tooLarge(tokens, model, amount))
      if (tokens !== undefined && !tokens.bucket.has(amount)) return refuse(limitReached(tokens, model, amount))
      requests?.bucket.take(1)
      tokens?.bucket.take(amount)
      return undefined
    },
    settle: (charged, used) => tokens?.bucket.give(charged - used),
    headers: () => Object.fromEntries(limits.flatMap(describeLimit)),
  }
}
