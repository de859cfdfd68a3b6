/** What decides how long a run takes. */
export interface DurationFacts {
  readonly rows: number
  /** Mean time to an answer, in ms. */
  readonly latencyMs: number
  readonly concurrency: number
  /** Prompt and expected completion tokens of all rows. */
  readonly tokens: number
  readonly rpm: number | undefined
  readonly tpm: number | undefined
}

export type DurationBound = 'latency' | 'concurrency' | 'rpm' | 'tpm'

const minuteMs = 60_000

/**
 * Time for all rows, in ms, and what holds it up: the latency of one answer, how many may be in flight, or a limit.
 * The slowest of them sets the pace, since they work at the same time.
 */
export const predictDuration = (facts: DurationFacts): { readonly ms: number; readonly boundBy: DurationBound } => {
  const { rows, latencyMs, concurrency, tokens, rpm, tpm } = facts
  if (rows === 0) return { ms: 0, boundBy: 'latency' }
  const times: readonly (readonly [DurationBound, number])[] = [
    ['latency', latencyMs],
    ['concurrency', (rows * latencyMs) / concurrency],
    ['rpm', rpm === undefined ? 0 : (rows / rpm) * minuteMs],
    ['tpm', tpm === undefined ? 0 : (tokens / tpm) * minuteMs],
  ]
  const [boundBy, ms] = times.reduce((slowest, next) => (next[1] > slowest[1] ? next : slowest))
  return { ms, boundBy }
}

/** Half a second to the first token and some 65 tokens a second after it: a small model on an ordinary day. */
const firstTokenMs = 500
const msPerToken = 15

/** Time to an answer of so many completion tokens when none was seen, in ms. */
export const assumeLatency = (completionTokens: number): number => firstTokenMs + msPerToken * completionTokens
