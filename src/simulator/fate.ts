import { type AnswerKind, answerKeys, type FaultKey, faultKeys, type SimulatorSettings } from './options.js'
import { createRandom, drawLogNormal, hashText, toSeed } from './random.js'

/** What befalls one call. */
export interface Fate {
  /** 32 hexadecimal digits for the call's ids. */
  readonly id: string
  readonly latencyMs: number
  readonly fault: FaultKey | undefined
  readonly kind: AnswerKind
  /** Whether the answer reports its usage. */
  readonly usageTold: boolean
}

const choose = <K extends keyof SimulatorSettings>(
  keys: readonly K[],
  settings: Readonly<Record<K, number>>,
  at: number,
): K | undefined => {
  let left = at
  for (const key of keys) {
    if (left < settings[key]) return key
    left -= settings[key]
  }
  return undefined
}

/**
 * Draws what befalls a call from the seed, the request and how often that was asked before. So a run is repeatable
 * whatever the order in which its calls arrive, and a retry can succeed where the first call failed.
 */
export const drawFate = (settings: SimulatorSettings, key: string, asked: number): Fate => {
  const digest = hashText(`${settings.seed}/${key}/${asked}`)
  const random = createRandom(toSeed(digest))
  const fault = choose(faultKeys, settings, random())
  const kind = choose(answerKeys, settings, random()) ?? 'plain'
  const usageTold = random() >= settings.noUsage
  const slowness = random() < settings.latencyTail ? 10 : 1
  const latencyMs = settings.latencyMs === 0 ? 0 : drawLogNormal(random, settings.latencyMs, settings.latencySpread)
  return { id: digest.slice(0, 32), latencyMs: latencyMs * slowness, fault, kind, usageTold }
}
