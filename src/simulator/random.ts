import { hash } from 'node:crypto'

/** A stream of numbers in [0, 1). */
export type Random = () => number

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

/** 64 hexadecimal digits that follow from a text. */
export const hashText = (text: string): string => hash('sha256', text, 'hex')

/** A number from a hash, to seed a stream with. */
export const toSeed = (digest: string): number => Number.parseInt(digest.slice(0, 8), 16)

/** A standard normal number, by the Box–Muller transform. */
const drawNormal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** A log-normal number with this median; always the median when sigma is 0. */
export const drawLogNormal = (random: Random, median: number, sigma: number): number =>
  sigma === 0 ? median : median * Math.exp(sigma * drawNormal(random))

/** Draws from a list, never the same twice in a row unless there is but one. */
export const createPicker = <T>(random: Random, list: readonly [T, ...T[]]): (() => T) => {
  let last = Math.floor(random() * list.length)
  return () => {
    last = (last + 1 + Math.floor(random() * (list.length - 1))) % list.length
    return list[last] ?? list[0]
  }
}
