/** How many sends may be in flight, found by trying. */
export interface Concurrency {
  readonly limit: number
  /** A call came back well while so many were in flight. */
  answered(inFlight: number): void
  /**
   * A call was turned away because of too much, while so many were in flight. `paced`: the rate is known, and a level
   * that was not used is not the reason.
   */
  throttled(kind: 'paced' | 'rate' | 'slow_down', inFlight: number): void
  /** The endpoint tells its limits: the pacing keeps to them, and nothing is gained by finding them out. */
  limitsKnown(): void
}

/** After the first answer, without known limits. */
const firstStep = 8

/** Growth by each clean answer before anything was refused: eightfold in a round trip. */
const rampGrowth = 7

/** What is kept of the level after a refusal: the factor of CUBIC (RFC 9438, 4.6). */
const kept = 0.7

/** The same where the rate is known, so that it is the likelier reason. */
const keptWhenPaced = 0.9

/** Growth by each clean answer where the rate is known, at least: a tenth in a round trip. */
const growthWhenPaced = 0.1

/** At most one cut in so long, in ms. */
const windowMs = 1000

/** After `slow_down` it grows so many times more slowly. */
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
  let slowness = 1
  let leastGrowth = 0
  let cutAt = -Infinity

  const start = (): void => {
    started = true
    level = Math.min(ceiling, known ? ceiling : firstStep)
  }

  return {
    get limit() {
      return Math.floor(level)
    },
    answered(inFlight) {
      if (!started) return start()
      // A level that is not used proves nothing about a higher one (RFC 7661).
      if (level >= ceiling || inFlight + 1 < Math.floor(level)) return
      // One step up in each round trip, spread over its answers.
      level = Math.min(ceiling, level + (ramp ? rampGrowth : Math.max(1 / level, leastGrowth) / slowness))
    },
    throttled(kind, inFlight) {
      if (kind === 'paced' && inFlight < level * kept) return
      ramp = false
      leastGrowth = kind === 'paced' ? growthWhenPaced : 0
      if (kind === 'slow_down') slowness = slowFactor
      if (now() - cutAt < windowMs) return
      level = Math.max(1, level * (kind === 'paced' ? keptWhenPaced : kept))
      cutAt = now()
    },
    limitsKnown() {
      if (known) return
      known = true
      if (started && ramp) level = ceiling
    },
  }
}
