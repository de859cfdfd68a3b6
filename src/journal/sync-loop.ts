import type { Clock } from '../core/clock.js'

export interface SyncLoop {
  /** Something was written that somebody waits for. */
  request(): void
  /** Syncs now, after the one under way; resolves when it is done. */
  flush(): Promise<void>
  /** Resolves when no sync is under way. */
  settled(): Promise<void>
}

export interface SyncPace {
  readonly clock: Clock
  /** How long a first request waits for company, and the least time between the starts of two syncs, in ms. */
  readonly lingerMs: number
}

/**
 * Decides when to sync: one at a time, and at most one per `lingerMs`, so that thousands of records a second share one
 * sync while a lone record waits a moment only. `sync` never rejects.
 */
export const createSyncLoop = (sync: () => Promise<void>, { clock, lingerMs }: SyncPace): SyncLoop => {
  let wanted = false
  let startedAt = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  let cancelTimer: (() => void) | undefined

  const run = async (): Promise<void> => {
    startedAt = clock.now()
    await sync()
    running = undefined
    if (wanted) arm(startedAt + lingerMs - clock.now())
  }

  const start = (): Promise<void> => {
    cancelTimer?.()
    cancelTimer = undefined
    wanted = false
    running = run()
    return running
  }

  const arm = (waitMs: number): void => {
    if (cancelTimer !== undefined) return
    if (waitMs > 0) {
      cancelTimer = clock.after(waitMs, () => {
        void start()
      })
    } else void start()
  }

  const settled = async (): Promise<void> => {
    for (let current = running; current !== undefined; current = running) await current
  }

  return {
    request() {
      wanted = true
      if (running === undefined) arm(lingerMs)
    },
    async flush() {
      await settled()
      await start()
    },
    settled,
  }
}
