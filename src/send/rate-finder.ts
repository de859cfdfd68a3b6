import type { Draw } from './bucket.js'

/** What is kept below a rate that was just found. */
const margin = 0.95

/**
 * Growth a second while nothing is refused, doubled every so many seconds: slow near the rate that was found, fast when
 * that turns out to be far too low, as CUBIC grows (RFC 9438).
 */
const firstGrowth = 0.02
const doublingSteps = 4
const stepMs = 1000

/** The first estimates can be far too low, when the bucket is small and ran over during the pause: they grow fast. */
const surely = 2
const fastSteps = 2 * doublingSteps

/**
 * Finds the request rate of an endpoint that tells none. At each refusal the endpoint's own bucket is empty; so what it
 * let in since the refusal before, over the time between, is what flows into it.
 */
export interface RateFinder {
  /** A minute; undefined before the first refusal. */
  readonly perMinute: number | undefined
  /** The endpoint answers for the first time: what happens from here on tells something. */
  begin(draw: Draw): void
  /** The send that made the draw was refused. */
  refused(draw: Draw): void
  /** A clean answer came while sends were waiting for this very rate. */
  answered(): void
}

export const createRateFinder = (now: () => number): RateFinder => {
  let perMs: number | undefined
  let grownAt = 0
  let steps = 0
  let estimates = 0
  /** The last refusal that began a pause, and how many sends were refused since. */
  let since = { at: now(), total: 0 }
  let refusals = 0
  /** Sends made before that belong to the refusal already known. */
  let knownUntil = -Infinity

  return {
    get perMinute() {
      return perMs === undefined ? undefined : perMs * 60_000
    },
    begin(draw) {
      since = { at: now(), total: draw.total }
    },
    refused(draw) {
      refusals += 1
      if (draw.at <= knownUntil) return
      const letIn = draw.total - since.total - refusals
      const elapsedMs = Math.max(1, draw.at - since.at)
      since = draw
      refusals = 0
      knownUntil = now()
      grownAt = knownUntil
      steps = estimates < surely ? fastSteps : 0
      // A probe that is refused as well says nothing about a rate: how long to wait is told elsewhere.
      if (letIn < 1) return
      const found = letIn / elapsedMs
      // What was let in is too low where the bucket ran over, what was tried is too high: the truth is between.
      const between = perMs === undefined || estimates < surely ? found : Math.sqrt(found * perMs)
      estimates += 1
      perMs = margin * Math.min(perMs ?? Infinity, between)
    },
    answered() {
      if (perMs === undefined || now() - grownAt < stepMs) return
      perMs *= 1 + firstGrowth * 2 ** Math.floor(steps / doublingSteps)
      steps += 1
      grownAt = now()
    },
  }
}
