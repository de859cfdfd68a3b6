import type { PromptmillError } from '../core/errors.js'
import { parseDecimal, type Usd } from '../core/money.js'

/** An error that names its place in a price file. */
export type PlaceFault = (at: string, problem: string) => PromptmillError

/** A place in a price file, and how to tell that something is wrong there. */
export interface Place {
  readonly at: string
  readonly fault: PlaceFault
}

/** A double tells so many decimal digits apart; what it prints beyond them is noise. */
const trueDigits = 15

/** The decimal that a float was meant to be: `0.3` for the sum of 0.1 and 0.2. */
export const toDecimal = (value: number): string => String(Number(value.toPrecision(trueDigits)))

/**
 * Reads a price with so many decimals as a whole number: a float without its noise, a text to the last digit.
 * @throws what `fault` makes of the place and the problem
 */
export const readPrice = (value: number | string, decimals: number, { at, fault }: Place): Usd => {
  if (!Number.isFinite(Number(value)) || String(value).trim() === '') throw fault(at, 'is not a number')
  if (Number(value) < 0) throw fault(at, 'is negative')
  const price = parseDecimal(typeof value === 'number' ? toDecimal(value) : value, decimals)
  if (price === undefined) throw fault(at, `has more than ${decimals} decimals`)
  return price
}
