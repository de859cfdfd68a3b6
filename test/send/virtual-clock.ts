import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/core/clock.js'

interface Timer {
  readonly at: number
  readonly call: () => void
}

export interface VirtualClock extends Clock {
  /** Lets time pass whenever nothing else happens, until the promise has settled. */
  live<T>(promise: Promise<T>, options?: { readonly busy?: () => boolean; readonly forMs?: number }): Promise<T>
  /** Timers that still wait. */
  readonly pending: number
}

const wallStart = Date.parse('2026-11-24T12:00:00Z')

/** A clock on which an hour takes as long as what happens in it. */
export const createVirtualClock = (): VirtualClock => {
  let now = 0
  let timers: Timer[] = []

  const next = (): Timer | undefined => {
    let first = timers[0]
    for (const timer of timers) if (first !== undefined && timer.at < first.at) first = timer
    return first
  }
  const fire = (timer: Timer): void => {
    timers = timers.filter(other => other !== timer)
    now = Math.max(now, timer.at)
    timer.call()
  }

  return {
    now: () => now,
    wall: () => wallStart + now,
    after(ms, call) {
      const timer = { at: now + Math.max(0, ms), call }
      timers.push(timer)
      return () => {
        timers = timers.filter(other => other !== timer)
      }
    },
    get pending() {
      return timers.length
    },
    async live(promise, { busy = () => false, forMs = Infinity } = {}) {
      let settled = false
      const watch = async (): Promise<void> => {
        await promise.catch(() => undefined)
        settled = true
      }
      void watch()
      const until = now + forMs
      let idleTurns = 0
      for (;;) {
        await turn()
        if (settled || now >= until) break
        const timer = busy() ? undefined : next()
        if (timer !== undefined) fire(timer)
        idleTurns = timer === undefined && !busy() ? idleTurns + 1 : 0
        if (idleTurns > 1000) throw new Error('Nothing is under way and no timer waits: this hangs')
      }
      return promise
    },
  }
}
