import type { Clock } from '../../src/core/clock.js'
import type { Request } from '../../src/core/model.js'
import type { Exchange, Transport } from '../../src/send/contract.js'
import { completion } from './endpoint.js'

export interface LimitedOptions {
  readonly clock: Clock
  readonly latencyMs: (call: number) => number
  readonly rpm?: number
  readonly tpm?: number
  /** How much of a minute may be used at once. */
  readonly burstMs: number
  /** Sends rate headers and Retry-After. */
  readonly headers: boolean
  /** Prompt and completion tokens of a call. */
  readonly tokens?: (request: Request) => readonly [number, number]
  /** Sends at once that are served without delay; above it everything slows down in proportion. */
  readonly capacity?: number
}

interface Bucket {
  level: number
  at: number
}

/** A simulated endpoint on a virtual clock that enforces its limits strictly, and counts. */
export const createLimitedEndpoint = (options: LimitedOptions) => {
  const { clock, rpm, tpm, burstMs, headers } = options
  const tokens = options.tokens ?? (() => [10, 5] as const)
  const limits = [
    { kind: 'requests', perMinute: rpm },
    { kind: 'tokens', perMinute: tpm },
  ].flatMap(({ kind, perMinute }) => {
    if (perMinute === undefined) return []
    const brim = Math.max(1, (perMinute * burstMs) / 60_000)
    const bucket: Bucket = { level: brim, at: clock.now() }
    return [{ kind, perMinute, brim, bucket }]
  })
  const counts = { calls: 0, refused: 0, answered: 0, inFlight: 0, mostInFlight: 0, firstMs: -1, lastMs: 0 }

  const refusedAt: number[] = []
  const refill = ({ bucket, perMinute, brim }: (typeof limits)[number]): void => {
    bucket.level = Math.min(brim, bucket.level + ((clock.now() - bucket.at) * perMinute) / 60_000)
    bucket.at = clock.now()
  }
  const toHeaders = (): Record<string, string> =>
    Object.fromEntries(
      limits.flatMap(({ kind, perMinute, brim, bucket }) => [
        [`x-ratelimit-limit-${kind}`, String(perMinute)],
        [`x-ratelimit-remaining-${kind}`, String(Math.max(0, Math.floor(bucket.level)))],
        [`x-ratelimit-reset-${kind}`, `${Math.ceil(((brim - bucket.level) / perMinute) * 60_000)}ms`],
      ]),
    )
  const admit = (amounts: Readonly<Record<string, number>>): number => {
    for (const limit of limits) refill(limit)
    let waitMs = 0
    for (const { kind, perMinute, brim, bucket } of limits) {
      const missing = Math.min(amounts[kind] ?? 0, brim) - bucket.level - 1e-9
      if (missing > 0) waitMs = Math.max(waitMs, (missing / perMinute) * 60_000)
    }
    for (const { kind, bucket } of limits) {
      if (waitMs === 0) bucket.level -= amounts[kind] ?? 0
      else if (kind === 'requests') bucket.level = Math.max(Math.min(bucket.level, 0), bucket.level - 1)
    }
    return waitMs
  }
  const later = (ms: number, exchange: Exchange): Promise<Exchange> =>
    new Promise(resolve => {
      counts.inFlight += 1
      counts.mostInFlight = Math.max(counts.mostInFlight, counts.inFlight)
      clock.after(ms, () => {
        counts.inFlight -= 1
        resolve(exchange)
      })
    })

  const transport: Transport = {
    send(request) {
      const call = counts.calls
      counts.calls += 1
      if (counts.firstMs < 0) counts.firstMs = clock.now()
      const [prompt, output] = tokens(request)
      const latencyMs = options.latencyMs(call) * Math.max(1, counts.inFlight / (options.capacity ?? Infinity))
      const waitMs = admit({ requests: 1, tokens: prompt + output })
      const told = headers ? toHeaders() : {}
      if (waitMs > 0) {
        counts.refused += 1
        refusedAt.push(Math.round(clock.now()))
        const retry = headers ? { 'retry-after-ms': String(Math.ceil(waitMs)) } : {}
        const reply = { status: 429, headers: { ...told, ...retry }, body: '', latencyMs: 10 }
        return later(10, { kind: 'reply', reply })
      }
      counts.answered += 1
      counts.lastMs = clock.now() + latencyMs
      const body = completion('fine', { usage: { prompt_tokens: prompt, completion_tokens: output } })
      return later(latencyMs, { kind: 'reply', reply: { status: 200, headers: told, body, latencyMs } })
    },
    abort: () => undefined,
    close: async () => undefined,
  }
  return {
    transport,
    counts,
    refusedAt,
    /** Answers a minute, from the first call to the last answer. */
    perMinute: () => (counts.answered / (counts.lastMs - counts.firstMs)) * 60_000,
  }
}
