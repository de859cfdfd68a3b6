import { createRandom, type Random } from '../core/random.js'

/** An interval around an expectation. */
export interface Prediction {
  readonly low: number
  readonly expected: number
  readonly high: number
}

/** The normal distribution's: of 100 predictions 95 hold. */
const normalQuantile = 1.96
const tail = 0.025
const resamples = 1000
/** Above so many observations the mean is normal enough, and drawing them again and again takes longer than it is worth. */
const mostDrawn = 2000
/** The mean of more further values than this hardly varies beside that of the sample. */
const mostFurther = 1000

interface Moments {
  readonly mean: number
  readonly deviation: number
}

/** Mean and standard deviation of values drawn with replacement. */
const drawMoments = (values: Float64Array, count: number, random: Random): Moments => {
  let sum = 0
  let squares = 0
  for (let left = count; left > 0; left--) {
    const value = values[Math.floor(random() * values.length)] ?? 0
    sum += value
    squares += value * value
  }
  const mean = sum / count
  return { mean, deviation: Math.sqrt(Math.max(0, squares - count * mean * mean) / Math.max(1, count - 1)) }
}

const quantileOf = (sorted: Float64Array, share: number): number => {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return below + (place - Math.floor(place)) * (above - below)
}

/** How the studentized error of a prediction is distributed, by drawing samples and further values from the sample. */
const drawErrors = (values: Float64Array, further: number, random: Random): Float64Array => {
  const size = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / size
  const drawn = further <= mostFurther ? further : 0
  const spread = Math.sqrt(1 / size + (drawn === 0 ? 0 : 1 / drawn))
  const errors = new Float64Array(resamples)
  for (let at = 0; at < resamples; at++) {
    const sample = drawMoments(values, size, random)
    const actual = drawn === 0 ? mean : drawMoments(values, drawn, random).mean
    // A sample of equal values says nothing of its own error.
    errors[at] = sample.deviation === 0 ? 0 : (actual - sample.mean) / (sample.deviation * spread)
  }
  return errors.sort()
}

/**
 * Predicts the mean of `further` values from a sample of the same kind, with a 95 % interval.
 *
 * Answer lengths are skewed, and a percentile bootstrap of their mean is too narrow and too far to the left. So the
 * error is studentized: bootstrap-t (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12), which
 * is second-order correct where the percentile method is not (Hall, Annals of Statistics 16, 1988), carried over from
 * the mean to a prediction by drawing the further values too (Davison and Hinkley, Bootstrap Methods and their
 * Application, 1997, section 6.3.3). Always the same for the same sample.
 * @returns undefined for fewer than two values: one says nothing of the spread
 */
export const predictMean = (values: Float64Array, further: number): Prediction | undefined => {
  const size = values.length
  if (size < 2 || further < 1) return undefined
  const expected = values.reduce((sum, value) => sum + value, 0) / size
  const squares = values.reduce((sum, value) => sum + (value - expected) ** 2, 0)
  const error = Math.sqrt(squares / (size - 1)) * Math.sqrt(1 / size + 1 / further)
  if (size > mostDrawn) {
    return { low: Math.max(0, expected - normalQuantile * error), expected, high: expected + normalQuantile * error }
  }
  const errors = drawErrors(values, further, createRandom(size))
  return {
    low: Math.max(0, expected + Math.min(0, quantileOf(errors, tail)) * error),
    expected,
    high: expected + Math.max(0, quantileOf(errors, 1 - tail)) * error,
  }
}
