import { formatUsd } from '../../core/money.js'
import type { DemandGroup } from '../../pricing/demand.js'
import type { RowTokens } from './expectation.js'
import { type Forecast, forecast } from './forecast.js'

/** What sending equal requests once would save. */
export interface RepeatReport {
  readonly rows: number
  readonly tokens: { readonly prompt: number; readonly completion: number }
  /** Exact decimal USD; null when no price is known. */
  readonly saved_usd: string | null
  /** Of the expected cost, or where no price is known of the tokens: from 0 to 1. */
  readonly share: number
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/**
 * Forecasts what repeated requests take.
 * @param total what is forecast for all rows to be sent, the repeated ones among them
 */
export const reportRepeats = (groups: readonly DemandGroup[], rowTokens: RowTokens, total: Forecast): RepeatReport => {
  const { rows, promptTokens: prompt, completionTokens, cost } = forecast(groups, rowTokens)
  const completion = completionTokens.expected
  const ofCost = cost && total.cost && shareOf(Number(cost.expected), Number(total.cost.expected))
  return {
    rows,
    tokens: { prompt, completion },
    saved_usd: cost === undefined ? null : formatUsd(cost.expected),
    share: ofCost ?? shareOf(prompt + completion, total.promptTokens + total.completionTokens.expected),
  }
}
