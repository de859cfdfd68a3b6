import { countOf, showCount } from '../../core/count-words.js'
import { PromptmillError } from '../../core/errors.js'
import type { DemandGroup } from '../../pricing/demand.js'
import { assumedImageSize } from '../../pricing/image-parts.js'
import type { PriceBook } from '../../pricing/price-book.js'
import type { RequestSize } from '../../pricing/request-size.js'
import { encodingOf, hasKnownEncoding } from '../../pricing/tokens.js'
import { showUnpriced } from '../../pricing/unpriced-name.js'
import { describeFixedText } from '../../prompt/fixed-text.js'
import { checkAllAnew, findChange } from '../plan/changed-settings.js'
import { checkColumns } from '../plan/columns.js'
import { checkFaults, describeFaults } from '../plan/faults.js'
import type { Plan } from '../plan/plan.js'
import { type Expectation, fewestAnswers, type SeenAnswers } from './expectation.js'
import type { ComparedModel } from './report.js'
import type { Survey } from './survey.js'

const assumedSize = `${assumedImageSize.width} × ${assumedImageSize.height}`

/** Counts requests that no exact number can be given for. */
export const createDoubts = () => {
  let uncounted = 0
  let assumed = 0
  let broken = 0
  return {
    see(size: RequestSize): void {
      if (size.uncounted) uncounted += 1
      assumed += size.assumedImages
      broken += size.brokenImages
    },
    warnings: (): readonly string[] => [
      ...(uncounted === 0
        ? []
        : [
            `${countOf(uncounted, 'row')} with sound or files: what those take is not in the request and not in the estimate`,
          ]),
      ...(assumed === 0
        ? []
        : [
            `${countOf(assumed, 'image')} behind a URL, or for a model whose rule is not known: taken as ${assumedSize} pixels`,
          ]),
      ...(broken === 0
        ? []
        : [`${countOf(broken, 'image')} whose data are no PNG, JPEG, WEBP or GIF: taken as ${assumedSize} pixels`]),
    ],
  }
}

const refusal = (check: () => void): string | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof PromptmillError) return `A run would stop: ${error.message}`
    throw error
  }
}

/**
 * What a run would stop at, as warnings: an estimate of the other rows is still of use.
 * @throws PromptmillError what a run would throw, when not a single row can be sent
 */
export const warnOfPlan = ({ settings, input, memory, earlier }: Survey, plan: Plan): readonly string[] => {
  const faults = (): void => checkFaults(plan, input, settings.badRows)
  if (plan.counts.faulty === plan.counts.rows) faults()
  checkColumns(plan, input, settings)
  const bad = refusal(faults) ?? describeFaults(plan)
  const changed = refusal(() => checkAllAnew(findChange(settings, earlier), plan, memory))
  const fixed = plan.counts.rows > 1 ? describeFixedText(settings.requests, input) : undefined
  return [bad, changed, fixed].filter(text => text !== undefined)
}

/** What the numbers of a model do not hold. */
export const warnOfModels = (groups: readonly DemandGroup[], prices: PriceBook): readonly string[] => {
  const models = [...new Set(groups.map(({ model }) => model))]
  return models.flatMap(model => {
    const own = groups.filter(group => group.model === model)
    const unpriced = own.filter(({ rates }) => rates === undefined)
    const rows = unpriced.reduce((sum, { requests }) => sum + requests, 0)
    const tiers = [...new Set(unpriced.flatMap(({ serviceTier }) => serviceTier ?? []))]
    const tier = tiers.length > 0 ? ` at service tier ${tiers.join(', ')}` : ''
    return [
      ...(rows === 0
        ? []
        : [
            `No price is known for ${showUnpriced(model, prices)}${tier}: ${countOf(rows, 'row')} not in the cost (${prices.source})`,
          ]),
      ...(hasKnownEncoding(model)
        ? []
        : [`The encoding of ${model} is not published: its prompt tokens are counted with ${encodingOf(model)}`]),
    ]
  })
}

/** Models that are held against the rows' own without a price; of those themselves it is told before. */
export const warnOfCompared = (
  compared: readonly ComparedModel[],
  groups: readonly DemandGroup[],
  prices: PriceBook,
): readonly string[] => {
  const own = new Set(groups.map(({ model }) => model))
  const unpriced = compared.filter(({ model, cost_usd }) => cost_usd === null && !own.has(model))
  return unpriced.map(({ model }) => `No price is known for ${showUnpriced(model, prices)}, which is compared`)
}

/** Answers to go by that nobody has given. */
export const warnOfMadeUp = (expectation: Expectation, like: string | undefined): readonly string[] => {
  if (expectation.source === 'assumption' || !expectation.seen.simulated) return []
  const where = { like: `in ${like}`, sample: 'of the sample', run: 'of this run' }[expectation.source]
  return [`The answers ${where} are simulated: the lengths expected here are made up, and their times are not used`]
}

/** A sample that did not bring what it was asked for. */
export const warnOfSample = (asked: number | undefined, sampled: SeenAnswers | undefined): readonly string[] => {
  const answers = sampled?.lengths.count ?? 0
  if (asked === undefined || answers === asked) return []
  const rest = answers < fewestAnswers ? ': too few to expect anything by' : ''
  return [
    `Of ${countOf(asked, 'row')} in the sample ${showCount(answers)} brought an answer${rest}; the others are in the results`,
  ]
}
