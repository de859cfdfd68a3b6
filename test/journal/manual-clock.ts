import type { Clock } from '../../src/core/clock.js'

export interface ManualClock extends Clock {
  /** Lets time pass and calls what falls due in it, in order. */
  advance(ms: number): void
}

/** A clock that stands still until it is told to go on. */
export const createManualClock = (): ManualClock => {
  let now = 0
  const timers = new Set<{ readonly due: number; readonly call: () => void }>()
  return {
    now: () => now,
    wall: () => now,
    after(ms, call) {
      const timer = { due: now + ms, call }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const end = now + ms
      for (;;) {
        const [next] = [...timers].filter(timer => timer.due <= end).sort((a, b) => a.due - b.due)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.due)
        next.call()
      }
      now = end
    },
  }
}

/** Lets everything run that waits for nothing but its turn. */
export const settle = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve)
  })
