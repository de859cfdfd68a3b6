/** Opens at so many failures in a row, or so many of the last. A fifth of all calls failing opens it once in millions. */
const inARow = 8
const ofLast = { failures: 15, calls: 20 }

/** From the first probe to the longest pause between probes, in ms. */
const firstProbeMs = 5000
const longestProbeMs = 60_000

/** An endpoint that has never been reached is more likely misspelt than down. */
const firstContact = { inARow: 3, maxOutageMs: 60_000 }

export type Trip =
  /** Pause so long, then let a single probe through. */
  | { readonly kind: 'pause'; readonly waitMs: number }
  /** Out for longer than allowed. */
  | { readonly kind: 'give_up'; readonly outageMs: number }

/** A circuit breaker for outages: failed connections and 5xx, never throttling. */
export interface Breaker {
  /** A call came back, whatever it said. */
  succeeded(probe: boolean): void
  /** A call failed the way an outage does. Says what to do when the endpoint is out. */
  failed(probe: boolean): Trip | undefined
}

/** After Michael Nygard, "Release It!", 2007, "Circuit Breaker". */
export const createBreaker = (maxOutageMs: number, now: () => number): Breaker => {
  const recent: boolean[] = []
  let row = 0
  let reached = false
  /** While open. */
  let outage: { readonly sinceMs: number; probes: number } | undefined

  const record = (failed: boolean): void => {
    recent.push(failed)
    if (recent.length > ofLast.calls) recent.shift()
    row = failed ? row + 1 : 0
  }
  const pause = (open: { readonly sinceMs: number; probes: number }): Trip => {
    const waitMs = Math.min(longestProbeMs, firstProbeMs * 2 ** open.probes)
    const outageMs = now() - open.sinceMs
    const allowedMs = reached ? maxOutageMs : Math.min(maxOutageMs, firstContact.maxOutageMs)
    return outageMs + waitMs > allowedMs ? { kind: 'give_up', outageMs } : { kind: 'pause', waitMs }
  }

  return {
    succeeded(probe) {
      reached = true
      record(false)
      if (!probe || outage === undefined) return
      outage = undefined
      recent.length = 0
    },
    failed(probe) {
      record(true)
      if (outage !== undefined) {
        if (!probe) return undefined
        outage.probes += 1
        return pause(outage)
      }
      if (row < (reached ? inARow : firstContact.inARow) && recent.filter(Boolean).length < ofLast.failures)
        return undefined
      outage = { sinceMs: now(), probes: 0 }
      return pause(outage)
    },
  }
}
