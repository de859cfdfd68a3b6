import type { RateReport } from './rate-headers.js'

/** What a send took from a bucket, and when: an answer's report is about that moment. */
export interface Draw {
  readonly at: number
  readonly amount: number
  /** Everything taken from the bucket up to and including this. */
  readonly total: number
}

export interface Bucket {
  /** Most that fits into a minute; undefined while unknown, when nothing is ever held back. */
  readonly limit: number | undefined
  /** Whether the endpoint told its limit. */
  readonly told: boolean
  /** Milliseconds until the amount may be taken. */
  delayMs(amount: number): number
  /** Takes it, whether it is there or not. */
  take(amount: number): Draw
  /** Puts the draw right once what it really used is known. */
  correct(draw: Draw, used: number): void
  /** Takes no more than so much a minute, for as long as the endpoint does not tell its limit. */
  assume(perMinute: number): void
  /** Nothing flows in for so long, and then one may be taken: no burst follows a pause. */
  pause(ms: number): void
  /** Learns from an answer to the send that made the draw. */
  learn(draw: Draw, report: RateReport): void
}

/** How much of a minute may be sent at once: limits are also enforced in slices much shorter than a minute. */
const burstMs = 250

/** The same where the endpoint tells what remains, which then says how much is too much; makes up for a busy machine. */
const toldBurstMs = 1000
const minuteMs = 60_000

interface Level {
  value: number
  /** Per ms. */
  rate: number
  brim: number
  at: number
}

const refill = (level: Level, now: number): void => {
  if (now <= level.at) return
  level.value = Math.min(level.brim, level.value + (now - level.at) * level.rate)
  level.at = now
}

/** What may be left in debt by rounding: a billionth part is no room worth waiting for. */
const slack = 1e-6

/** More than the level can ever hold may be taken from a full one. */
const waitFor = (level: Level, amount: number): number => {
  const missing = Math.min(amount, level.brim) - level.value
  return missing <= slack ? 0 : missing / level.rate
}

/**
 * A token bucket for one limit, in two levels. `pace` spreads sends evenly over the minute and begins without a burst;
 * `server` is the endpoint's own count, as its last report put it, brought up to now. A send needs room in both.
 * `perMinute` is the user's own limit; the endpoint's, once reported, can only lower it.
 */
export const createBucket = (perMinute: number | undefined, now: () => number): Bucket => {
  let limit = perMinute
  let told = false
  let total = 0
  let pace: Level | undefined
  let server: Level | undefined

  const setLimit = (value: number): void => {
    if (pace !== undefined && limit === value) return
    limit = value
    const rate = value / minuteMs
    const brim = Math.max(1, rate * (server === undefined ? burstMs : toldBurstMs))
    pace = { value: Math.min(pace?.value ?? brim, brim), rate, brim, at: pace?.at ?? now() }
  }
  if (limit !== undefined) setLimit(limit)

  const add = (amount: number): void => {
    if (pace !== undefined) pace.value = Math.min(pace.brim, pace.value + amount)
    if (server !== undefined) server.value = Math.min(server.brim, server.value + amount)
  }
  const advance = (): number => {
    const at = now()
    if (pace !== undefined) refill(pace, at)
    if (server !== undefined) refill(server, at)
    return at
  }

  return {
    get limit() {
      return limit
    },
    get told() {
      return told
    },
    delayMs(amount) {
      if (pace === undefined) return 0
      advance()
      return Math.max(waitFor(pace, amount), server === undefined ? 0 : waitFor(server, amount))
    },
    take(amount) {
      const at = advance()
      add(-amount)
      total += amount
      return { at, amount, total }
    },
    correct(draw, used) {
      advance()
      add(draw.amount - used)
      total += used - draw.amount
    },
    assume(found) {
      advance()
      setLimit(Math.min(perMinute ?? found, found))
    },
    pause(ms) {
      if (pace === undefined) return
      pace.value = Math.min(pace.value, 1)
      pace.at = Math.max(pace.at, now() + ms)
    },
    learn(draw, report) {
      told = true
      setLimit(Math.min(perMinute ?? report.limit, report.limit))
      if (report.remaining === undefined) return
      const at = advance()
      // The report is as old as the call: since then the bucket filled up, and later sends took from it.
      const value = report.remaining + (at - draw.at) * report.refillPerMs - (total - draw.total)
      server = { value: Math.min(report.limit, value), rate: report.refillPerMs, brim: report.limit, at }
      if (pace !== undefined) pace.brim = Math.max(1, pace.rate * toldBurstMs)
    },
  }
}
