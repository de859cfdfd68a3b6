import type { Accuracy } from '../commands/results/accuracy.js'
import { countOf, showCount } from '../core/count-words.js'
import { parseUsd, showUsd } from '../core/money.js'
import { type TotalsLine } from './totals.js'

/** `exact`, `+0.4 %`: how far an estimate was above what it came to. */
const showError = (error: number | null): string => {
  if (error === 0) return 'exact'
  if (error === null) return 'came to nothing'
  const percent = (error * 100).toFixed(Math.abs(error) < 0.1 ? 2 : 1)
  return `${error > 0 ? '+' : ''}${percent} %`
}

const showCost = ({ cost_usd }: Accuracy): string[] => {
  if (cost_usd === null) return []
  return [`${showUsd(parseUsd(cost_usd.estimated) ?? 0n)} (${showError(cost_usd.error)})`]
}

/** Answers within a twentieth of what was expected are as expected. */
const asExpected = 0.05

const sources = { assumption: 'assumed', run: 'of the answers before' } as const

const showReasons = (accuracy: Accuracy): string[] => {
  const { answers, completion_tokens, cached_tokens, repeated_calls, unreported_rows } = accuracy
  const { source, expected, actual } = answers
  const length = `answers took ${showCount(Math.round(actual))} tokens on average, not the ${showCount(Math.round(expected))} ${sources[source]}`
  return [
    ...(Math.abs(completion_tokens.error ?? 0) > asExpected ? [length] : []),
    ...(cached_tokens > 0 ? [`${countOf(cached_tokens, 'prompt token')} came from the cache`] : []),
    ...(repeated_calls > 0 ? [`${countOf(repeated_calls, 'call')} repeated`] : []),
    ...(unreported_rows > 0 ? [`${countOf(unreported_rows, 'row')} without reported tokens`] : []),
  ]
}

/** What an estimate would have said of the rows just settled, by how much it was off, and why as far as that is known. */
export const renderAccuracy = (accuracy: Accuracy | undefined): readonly TotalsLine[] => {
  if (accuracy === undefined) return []
  const { prompt_tokens: prompt, completion_tokens: completion } = accuracy
  const parts = [
    ...(prompt === null ? [] : [`${showCount(prompt.estimated)} prompt (${showError(prompt.error)})`]),
    `${showCount(completion.estimated)} completion (${showError(completion.error)})`,
    ...showCost(accuracy),
  ]
  const reasons = showReasons(accuracy)
  return [['estimate', parts.join(', ')], ...(reasons.length === 0 ? [] : [['because', reasons.join('; ')] as const])]
}
