import { hash } from 'node:crypto'
import { createRandom, type Random } from '../core/random.js'

export { createRandom, type Random }

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
