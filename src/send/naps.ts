import type { Clock } from '../core/clock.js'

/** Waits that all end at once when the run stops. */
export interface Naps {
  nap(ms: number): Promise<void>
  /** Ends every wait, and every later one at once. */
  wakeAll(): void
}

export const createNaps = (clock: Clock): Naps => {
  const sleeping = new Set<() => void>()
  let over = false
  return {
    nap: ms =>
      new Promise(resolve => {
        if (over) return resolve()
        const wake = (): void => {
          cancel()
          sleeping.delete(wake)
          resolve()
        }
        const cancel = clock.after(ms, wake)
        sleeping.add(wake)
      }),
    wakeAll() {
      over = true
      for (const wake of sleeping) wake()
    },
  }
}
