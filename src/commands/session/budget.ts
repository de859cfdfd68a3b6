import { showCount } from '../../core/count-words.js'
import { parseUsd, showUsd, type Usd } from '../../core/money.js'
import { loadModelLimits } from '../../pricing/model-limits.js'
import type { PriceBook } from '../../pricing/price-book.js'
import { createWorstCases, type WorstCases } from '../../pricing/worst-case.js'
import { createBudget } from '../../send/budget.js'
import type { Budget } from '../../send/contract.js'
import type { Notify, Ports } from '../ports.js'
import { sumEarlierSpending } from './earlier-spending.js'
import type { Session } from './session.js'
import type { RunSettings } from './settings.js'

/** The cap of a run, and what it is measured with. */
export interface Cap {
  readonly capUsd: Usd
  readonly worstCases: WorstCases
}

/** Prepares the cap; undefined when the run has none. */
export const openCap = async (
  { maxCost }: RunSettings,
  { book, ports, notify }: { book: PriceBook; ports: Ports; notify: Notify },
): Promise<Cap | undefined> => {
  const capUsd = maxCost === undefined ? undefined : parseUsd(String(maxCost))
  if (capUsd === undefined) return undefined
  const worstCases = createWorstCases({
    book,
    limits: await loadModelLimits(),
    at: new Date(ports.clock.wall()),
    onUncapped: (model, tokens) =>
      notify.onNotice?.(
        `--max-cost without --max-tokens: an answer of ${model} may take ${showCount(tokens)} tokens, so few rows go at once`,
      ),
  })
  return { capUsd, worstCases }
}

/** The budget of a session: the cap less what earlier ones spent. Undefined when the run has no cap. */
export const openBudget = async ({ cap, job, price, ports, notify }: Session): Promise<Budget | undefined> => {
  if (cap === undefined) return undefined
  const { capUsd, worstCases } = cap
  const { spentUsd, unknownCalls } = await sumEarlierSpending(job.folder, price)
  if (spentUsd > 0n) notify.onNotice?.(`${showUsd(spentUsd)} of the ${showUsd(capUsd)} of --max-cost are spent already`)
  if (unknownCalls > 0) {
    notify.onNotice?.(`${unknownCalls} earlier calls may have been billed beside; they were made without a cap`)
  }
  return createBudget(
    { capUsd, spentUsd },
    {
      worstCase: ({ model, body }) => worstCases.of(model, body),
      costOf: ({ usage, model, serviceTier }) => usage && price({ model, usage, serviceTier }, ports.clock.wall()),
    },
  )
}
