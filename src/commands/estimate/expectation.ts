import type { Outcome } from '../../core/outcome.js'
import { type AnswerLengths, createAnswerLengths } from '../../pricing/answer-lengths.js'
import type { DemandGroup } from '../../pricing/demand.js'
import { predictMean } from '../../pricing/prediction.js'

/** A number with its lower and upper bound. */
export interface Range<T = number> {
  readonly low: T
  readonly expected: T
  readonly high: T
}

/** How long answers are expected to be, and why. */
export type Expectation =
  /** Nobody has seen an answer. Undefined `tokens`: the assumption made for the kind of model. */
  | { readonly source: 'assumption'; readonly tokens: number | undefined }
  /** Answers were seen: in an earlier run, in this one, in a sample of it. */
  | { readonly source: 'like' | 'run' | 'sample'; readonly seen: SeenAnswers }

/** What answers took, by row: the lengths of all answers to a row together. */
export interface SeenAnswers {
  readonly lengths: AnswerLengths
  /** Mean time to an answer, in ms. */
  readonly latencyMs: number
}

/** Fewer answers than this are no basis for an expectation. */
export const fewestAnswers = 2

/** So many answers of a run that is under way tell more than any assumption. */
export const enoughOfThisRun = 20

/**
 * Completion tokens of an answer when nothing is known: a paragraph, and for a model that thinks, the thinking too.
 * Rules of thumb, made to be replaced by a sample.
 */
const assumedTokens = 200
const assumedReasoningTokens = 1000
/** Between a label and a long text lies more than this, but hardly for the mean of a file. */
const assumedSpread = 4

const scaleRange = (range: Range, by: (value: number) => number): Range => ({
  low: by(range.low),
  expected: by(range.expected),
  high: by(range.high),
})

const assume = ({ choices, maxTokens, reasons }: DemandGroup, given: number | undefined): Range => {
  const tokens = given ?? (reasons ? assumedReasoningTokens : assumedTokens)
  const range = { low: tokens / assumedSpread, expected: tokens, high: maxTokens ?? tokens * assumedSpread }
  return scaleRange(range, value => choices * Math.min(value, maxTokens ?? value))
}

/** Completion tokens of one row, on average, of each group of requests. */
export type RowTokens = (group: DemandGroup) => Range

/** @param rows how many rows are to be answered: the fewer, the wider the interval of their mean */
export const expectRowTokens = (expectation: Expectation, rows: number): RowTokens => {
  if (expectation.source === 'assumption') return group => assume(group, expectation.tokens)
  const { lengths } = expectation.seen
  const { mean } = lengths
  const predicted = predictMean(lengths.values(), Math.max(1, rows)) ?? { low: mean, expected: mean, high: mean }
  return ({ choices, maxTokens }) =>
    scaleRange(predicted, value => Math.min(value, maxTokens === undefined ? value : choices * maxTokens))
}

/** Gathers what answers took. */
export const createSeenAnswers = () => {
  const lengths = createAnswerLengths()
  let totalMs = 0
  let timed = 0
  return {
    lengths,
    add(completionTokens: number, latencyMs: number | undefined): void {
      lengths.add(completionTokens)
      if (latencyMs === undefined) return
      totalMs += latencyMs
      timed += 1
    },
    seen: (): SeenAnswers => ({ lengths, latencyMs: timed === 0 ? 0 : totalMs / timed }),
  }
}

/** Counts an outcome in, if it is an answer of its own whose tokens were reported. */
export const gatherOutcome = (gathered: ReturnType<typeof createSeenAnswers>, outcome: Outcome): void => {
  if (outcome.status !== 'ok' || outcome.usage === undefined || outcome.saved !== undefined) return
  gathered.add(outcome.usage.completionTokens, outcome.latencyMs)
}
