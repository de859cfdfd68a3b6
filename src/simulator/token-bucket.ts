import type { Clock } from '../core/clock.js'

export interface TokenBucket {
  /** What is left; below zero after a call turned out larger than it was let in for. */
  level(): number
  /** Whether so much may be taken now. More than the bucket holds may be taken from a full one. */
  has(amount: number): boolean
  /** Takes it, whether it is there or not. */
  take(amount: number): void
  /** Takes what is there of it, and leaves no debt. */
  drain(amount: number): void
  /** Puts back what was taken too much; never above the brim. */
  give(amount: number): void
  /** Milliseconds until `has(amount)`. */
  msUntil(amount: number): number
  /** Milliseconds until the bucket is full. */
  msUntilFull(): number
}

/** A token bucket that starts full and refills continuously, `perMinute` a minute up to `capacity`. */
export const createTokenBucket = (perMinute: number, capacity: number, clock: Pick<Clock, 'now'>): TokenBucket => {
  const perMs = perMinute / 60_000
  let stored = capacity
  let storedAt = clock.now()
  const level = (): number => {
    const now = clock.now()
    stored = Math.min(capacity, stored + (now - storedAt) * perMs)
    storedAt = now
    return stored
  }
  const set = (value: number): void => {
    stored = Math.min(capacity, value)
  }
  // Sums of fractions fall short of a whole by a hair; a billionth of the bucket is no room worth refusing for.
  const slack = capacity * 1e-9
  const missing = (amount: number): number => Math.max(0, Math.min(amount, capacity) - slack - level())
  return {
    level,
    has: amount => missing(amount) === 0,
    take: amount => set(level() - amount),
    drain: amount => set(Math.min(level(), Math.max(0, level() - amount))),
    give: amount => set(level() + amount),
    msUntil: amount => missing(amount) / perMs,
    msUntilFull: () => missing(capacity) / perMs,
  }
}
