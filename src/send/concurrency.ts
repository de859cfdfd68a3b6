/** How many sends may be in flight, found by trying. */
export interface Concurrency {
  readonly limit: number
  /** A call came back well while so many were in flight. */
  answered(inFlight: number): void
  /** A call was turned away because of too much. */
  throttled(kind: 'rate' | 'slow_down'): void
  /** The endpoint tells its limits: the pacing keeps to them, and nothing is gained by finding them out. */
  limitsKnown(): void
}

/** After the first answer, without known limits. */
const firstStep = 16

/** Growth by each clean answer before anything was refused: fourfold in a round trip. */
const rampGrowth = 3

/** What is kept of the level after a refusal: the factor of CUBIC (RFC 9438, 4.6). */
const kept = 0.7

/** At most one cut, and one step up, in so long, in ms. */
const windowMs = 1000

/** After `slow_down` the steps are so many times longer. */
const slowFactor = 15

/**
 * Additive increase, multiplicative decrease (Chiu and Jain, 1989), with a fast ramp until the first refusal. The very
 * first send of a run goes alone: a wrong key costs one call, and its answer brings the limits.
 */
export const createConcurrency = (ceiling: number, now: () => number): Concurrency => {
  let level = 1
  let started = false
  let ramp = true
  let known = false
  let stepMs = windowMs
  let cutAt = -Infinity
  let grownAt = -Infinity

  const start = (): void => {
    started = true
    level = Math.min(ceiling, known ? ceiling : firstStep)
  }
  const grow = (by: number): void => {
    level = Math.min(ceiling, level + by)
    grownAt = now()
  }

  return {
    get limit() {
      return Math.floor(level)
    },
    answered(inFlight) {
      if (!started) return start()
      // A level that is not used proves nothing about a higher one (RFC 7661).
      if (level >= ceiling || inFlight + 1 < Math.floor(level)) return
      if (ramp) grow(rampGrowth)
      else if (now() - grownAt >= stepMs && now() - cutAt >= stepMs) grow(1)
    },
    throttled(kind) {
      ramp = false
      if (kind === 'slow_down') stepMs = windowMs * slowFactor
      if (now() - cutAt < windowMs) return
      level = Math.max(1, level * kept)
      cutAt = now()
    },
    limitsKnown() {
      if (known) return
      known = true
      if (started && ramp) level = ceiling
    },
  }
}
