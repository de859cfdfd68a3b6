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
  /** Mean time to an answer, in ms; undefined where none is known, and where they were made up. */
  readonly latencyMs: number | undefined
  /** Whether the simulator made them up. */
  readonly simulated: boolean
}

/** Fewer answers than this are no basis for an expectation. */
export const fewestAnswers = 2

/** Of fewer answers than this no interval is told: their mean may lie anywhere. */
export const enoughForInterval = 5

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

/** A limit cuts the longest answers, and says nothing of how short the shortest are. */
const assume = ({ choices, maxTokens, reasons }: DemandGroup, given: number | undefined): Range => {
  const tokens = given ?? (reasons ? assumedReasoningTokens : assumedTokens)
  const expected = Math.min(tokens, maxTokens ?? tokens)
  const range = { low: expected / assumedSpread, expected, high: maxTokens ?? tokens * assumedSpread }
  return scaleRange(range, value => choices * value)
}

/** Completion tokens of one row, on average, of each group of requests. */
export type RowTokens = (group: DemandGroup) => Range

/** The longest that all answers to a row together can be. */
const longestOf = ({ choices, maxTokens }: DemandGroup): number =>
  maxTokens === undefined ? Number.POSITIVE_INFINITY : choices * maxTokens

/** The mean of answers like these, the longest of them cut where the group has its limit. */
export const meanRowTokens =
  (lengths: AnswerLengths) =>
  (group: DemandGroup): number =>
    lengths.meanUpTo(longestOf(group))

/**
 * Each answer is cut at the limit, not their mean: where a tenth is longer, the others are as short as before. A few
 * answers are told by the shortest and the longest of them.
 */
const predictUpTo = (lengths: AnswerLengths, longest: number, rows: number): Range => {
  const mean = lengths.meanUpTo(longest)
  if (lengths.count < enoughForInterval) {
    return { low: Math.min(lengths.quantile(0), longest), expected: mean, high: Math.min(lengths.quantile(1), longest) }
  }
  const cut = lengths.values().map(tokens => Math.min(tokens, longest))
  const { low, expected, high } = predictMean(cut, Math.max(1, rows)) ?? { low: mean, expected: mean, high: mean }
  return { low, expected, high: Math.min(high, longest) }
}

/** @param rows how many rows are to be answered: the fewer, the wider the interval of their mean */
export const expectRowTokens = (expectation: Expectation, rows: number): RowTokens => {
  if (expectation.source === 'assumption') return group => assume(group, expectation.tokens)
  const { lengths } = expectation.seen
  const longestSeen = lengths.quantile(1)
  // A prediction takes some 30 ms, and groups ask again and again: limits above all that was seen are none.
  const predictions = new Map<number, Range>()
  return group => {
    const longest = Math.min(longestOf(group), longestSeen)
    const predicted = predictions.get(longest) ?? predictUpTo(lengths, longest, rows)
    predictions.set(longest, predicted)
    return predicted
  }
}

/** Gathers what answers took. */
export const createSeenAnswers = () => {
  const lengths = createAnswerLengths()
  let totalMs = 0
  let timed = 0
  let simulated = false
  return {
    lengths,
    add(completionTokens: number, latencyMs: number | undefined, madeUp = false): void {
      lengths.add(completionTokens)
      simulated ||= madeUp
      if (latencyMs === undefined) return
      totalMs += latencyMs
      timed += 1
    },
    seen: (): SeenAnswers => ({
      lengths,
      latencyMs: timed === 0 || simulated ? undefined : totalMs / timed,
      simulated,
    }),
  }
}

/** Counts an outcome in, if it is an answer of its own whose tokens were reported. */
export const gatherOutcome = (gathered: ReturnType<typeof createSeenAnswers>, outcome: Outcome): void => {
  if (outcome.status !== 'ok' || outcome.usage === undefined || outcome.saved !== undefined) return
  gathered.add(outcome.usage.completionTokens, outcome.latencyMs, outcome.simulated)
}
