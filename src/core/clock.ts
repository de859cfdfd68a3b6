/** Time as an argument: waits and deadlines read it, so that a test can live through an hour in a millisecond. */
export interface Clock {
  /** Monotonic milliseconds; never steps with the wall clock. */
  now(): number
  /** Wall-clock epoch milliseconds, for records and for dates the server sends. */
  wall(): number
  /** Calls once after `ms`, however long that is; the returned function cancels. */
  after(ms: number, call: () => void): () => void
}

/** The longest wait one Node timer can take; a longer one fires after 1 ms. */
const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, call) {
    let timer: NodeJS.Timeout
    const arm = (left: number): void => {
      const slice = Math.min(Math.max(left, 0), longestTimerMs)
      timer = setTimeout(() => (left > slice ? arm(left - slice) : call()), slice)
    }
    arm(ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms` on the given clock. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise(resolve => {
    clock.after(ms, resolve)
  })
