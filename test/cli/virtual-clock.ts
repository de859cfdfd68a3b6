import type { Clock } from '../../src/core/clock.js'

interface Timer {
  readonly atMs: number
  readonly call: () => void
}

/** A clock whose hands the test moves: timers that fall due are called in their order. */
export interface VirtualClock extends Clock {
  pass(ms: number): void
  /** Timers that still wait. */
  waiting(): number
}

export const createVirtualClock = (startMs = 5_000): VirtualClock => {
  let nowMs = startMs
  const timers = new Set<Timer>()
  const nextBy = (endMs: number): Timer | undefined =>
    [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
  return {
    now: () => nowMs,
    wall: () => 1_800_000_000_000 + nowMs,
    after(ms, call) {
      const timer = { atMs: nowMs + ms, call }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass(ms) {
      const endMs = nowMs + ms
      for (let timer = nextBy(endMs); timer !== undefined; timer = nextBy(endMs)) {
        timers.delete(timer)
        nowMs = timer.atMs
        timer.call()
      }
      nowMs = endMs
    },
    waiting: () => timers.size,
  }
}
