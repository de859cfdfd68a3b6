import type { Clock } from '../core/clock.js'
import type { Gate } from './gate.js'
import type { Hold, Limiter, Ticket } from './limiter.js'

/** Leave to send: what it took from the limits, and whether it is the probe behind a closed gate. */
export interface Pass {
  readonly ticket: Ticket
  readonly probe: boolean
}

interface Waiter {
  readonly tokens: number
  readonly resolve: (pass: Pass | undefined) => void
}

/** The one place where sends wait their turn, first come first served. */
export interface Pacer {
  /** Leave to send, at once where possible. Undefined when the run is stopping. */
  enter(tokens: number): Pass | Promise<Pass | undefined>
  /** Something changed: whoever may go now goes. */
  pump(): void
  readonly waiting: boolean
  /** What the first in the queue waits for. */
  hold(): Hold | undefined
  /** Sends everybody away and lets nobody in any more. */
  close(): void
}

export interface PacerParts {
  readonly clock: Clock
  readonly limiter: Limiter
  readonly gate: Gate
  readonly maxWaitMs: number
  /** Told of a wait that is longer than allowed. */
  readonly onTooLong: (hold: Hold) => void
}

/** Pacing to a limit a minute may take so long, whatever the longest wait is: only a limit of a day takes longer. */
const pacingMs = 120_000

/** Waits are computed, never polled: one timer, for the first in the queue. */
export const createPacer = ({ clock, limiter, gate, maxWaitMs, onTooLong }: PacerParts): Pacer => {
  let queue: Waiter[] = []
  let head = 0
  let cancelTimer: (() => void) | undefined
  let closed = false

  const holdFor = (tokens: number): Hold | undefined => gate.hold() ?? limiter.hold(tokens)
  const go = (tokens: number): Pass => ({ probe: gate.pass(), ticket: limiter.take(tokens) })

  const shift = (): void => {
    head += 1
    if (head === queue.length) queue = []
    else if (head > 1000 && head * 2 > queue.length) queue = queue.slice(head)
    else return
    head = 0
  }
  const pump = (): void => {
    cancelTimer?.()
    cancelTimer = undefined
    for (let first = queue[head]; first !== undefined; first = queue[head]) {
      const hold = holdFor(first.tokens)
      if (hold !== undefined) {
        wait(hold)
        return
      }
      shift()
      first.resolve(go(first.tokens))
    }
  }
  const wait = (hold: Hold): void => {
    if (hold.waitMs === Infinity) return
    // Who closed the gate has judged how long for.
    const isPacing = hold.reason === 'requests_per_minute' || hold.reason === 'tokens_per_minute'
    if (isPacing && hold.waitMs > Math.max(maxWaitMs, pacingMs)) onTooLong(hold)
    else cancelTimer = clock.after(hold.waitMs, pump)
  }

  return {
    enter(tokens) {
      if (head === queue.length && !closed && holdFor(tokens) === undefined) return go(tokens)
      return new Promise(resolve => {
        if (closed) return resolve(undefined)
        queue.push({ tokens, resolve })
        if (queue.length - head === 1) pump()
      })
    },
    pump() {
      if (head < queue.length) pump()
    },
    get waiting() {
      return head < queue.length
    },
    hold() {
      const first = queue[head]
      return first === undefined ? undefined : holdFor(first.tokens)
    },
    close() {
      closed = true
      cancelTimer?.()
      cancelTimer = undefined
      const left = queue.slice(head)
      queue = []
      head = 0
      for (const waiter of left) waiter.resolve(undefined)
    },
  }
}
