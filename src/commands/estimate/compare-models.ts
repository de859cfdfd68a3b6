import { PromptmillError } from '../../core/errors.js'
import { parseUsd } from '../../core/money.js'
import { splitNames } from '../../core/name-list.js'
import { flagName } from '../../core/option-spec.js'
import { createCounting } from '../../pricing/counting.js'
import { createDemand, type DemandGroup, type FindRates } from '../../pricing/demand.js'
import type { Draft } from '../../prompt/drafts.js'
import type { Plan } from '../plan/plan.js'
import { type Expectation, expectRowTokens } from './expectation.js'
import { type ComparedModel, reportModels } from './report.js'
import type { Survey } from './survey.js'

/** What a comparison goes by: the rows, and what answers are expected to be like, of the estimate beside it. */
export interface Comparison {
  readonly plan: Plan
  readonly groups: readonly DemandGroup[]
  readonly expectation: Expectation
  readonly findRates: FindRates
  readonly threads: number | undefined
}

/** Measures the rows to be sent as another model would take them. */
const countFor = async (surveyed: Survey, model: string, comparison: Comparison): Promise<readonly DemandGroup[]> => {
  const { input } = surveyed
  const { table } = comparison.plan
  const drafts = await surveyed.draftsFor(model)
  const demand = createDemand(comparison.findRates)
  const counting = createCounting<Draft>((_draft, size) => demand.add(size), { threads: comparison.threads })
  try {
    for await (const batch of input.rows()) {
      const chosen: Draft[] = []
      const unsent = batch.filter(row => table.isUnsent(row.index))
      const { toDraft } = await drafts.prepare(unsent)
      for (const row of unsent) {
        const draft = toDraft(row)
        if (draft.fault === undefined) chosen.push(draft)
      }
      await counting.add(chosen)
    }
    await counting.finish()
  } finally {
    await counting.close()
  }
  const groups = demand.groups()
  // The beginning that the rows share is the same for every model, near enough in tokens too.
  const shared = Math.max(0, ...comparison.groups.map(({ sharedTokens }) => sharedTokens))
  for (const group of groups) if (group.cacheableRequests > 1) group.sharedTokens = shared
  return groups
}

const ownModels = (model: string): PromptmillError =>
  new PromptmillError('bad_flag', `${flagName('compare')} ${model}: the rows name their own model`, {
    hint: 'Rows of the Batch API, and rows that set their model themselves, keep it; leave the flag out',
  })

const report = (groups: readonly DemandGroup[], { plan, expectation }: Comparison): ComparedModel[] => {
  const models = reportModels(groups, expectRowTokens(expectation, plan.counts.pending))
  return Object.entries(models).map(([model, { rows, tokens, cost_usd, approximate }]) => ({
    model,
    rows,
    tokens,
    cost_usd,
    approximate,
  }))
}

/** Cheapest first, those without a price last. */
const byCost = (a: ComparedModel, b: ComparedModel): number => {
  if (a.cost_usd === null || b.cost_usd === null) return Number(a.cost_usd === null) - Number(b.cost_usd === null)
  const [one = 0n, other = 0n] = [parseUsd(a.cost_usd.expected), parseUsd(b.cost_usd.expected)]
  return one < other ? -1 : Number(one > other)
}

/**
 * Holds models against each other on the same rows, that of the estimate among them. Each is counted by its own
 * encoding, in a reading of its own.
 * @param named models, also several to one name with commas between them
 * @returns nothing when none is named
 * @throws PromptmillError `bad_flag` when the rows name their own models
 */
export const compareModels = async (
  surveyed: Survey,
  named: readonly string[],
  comparison: Comparison,
): Promise<readonly ComparedModel[]> => {
  const given = splitNames(named)
  const models = new Set(given.filter(name => name !== surveyed.settings.model))
  if (named.length === 0) return []
  const compared = report(comparison.groups, comparison)
  for (const model of models) {
    const groups = await countFor(surveyed, model, comparison)
    if (groups.some(group => group.model !== model)) throw ownModels(model)
    compared.push(...report(groups, comparison))
  }
  return compared.toSorted(byCost)
}
