/** A stream of numbers in [0, 1). */
export type Random = () => number

/** The finaliser of MurmurHash3: every bit of a 32-bit word moves every bit of the result, and no two words collide. */
export const mixBits = (word: number): number => {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * A random order of the numbers below 2 ** 32, as a rank for each: the same for the same seed, and no rank twice, since
 * every step can be undone.
 */
export const createShuffle = (seed: number): ((index: number) => number) => {
  const first = mixBits((seed | 0) ^ 0x9e3779b9)
  const second = mixBits(first ^ Math.floor(seed / 2 ** 32))
  return index => mixBits((mixBits(index ^ first) + second) | 0) >>> 0
}

/** Mulberry32 (Tommy Ettinger's, public domain): all of a stream follows from one 32-bit seed. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
