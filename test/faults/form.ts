import { createRandom, type Random } from '../../src/simulator/random.js'

/** Fault tests have two forms: a short one in every test run, and a long one in the mode `long` of vitest, or with `FAULTS=long`. */
export const isLong = process.env['FAULTS'] === 'long'

export const byForm = <T>({ short, long }: { short: T; long: T }): T => (isLong ? long : short)

/** Says what was tried and counted: figures that a reader of the log can quote. */
export const say = (text: string): void => console.info(`faults: ${text}`)

/** Random numbers whose seed is printed; `FAULTS_SEED` repeats them. */
export const createSeededRandom = (what: string): Random => {
  const seed = Number(process.env['FAULTS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  say(`${what}: FAULTS_SEED=${seed}`)
  return createRandom(seed)
}

/** A whole number from `low` to `high`, both included. */
export const drawInteger = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1))

/** Resolves after `ms`: a kill has to come at some moment. */
export const pause = (ms: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, ms)
  })
