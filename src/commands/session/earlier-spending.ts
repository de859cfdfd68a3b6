import { readAnswer } from '../../core/answer.js'
import type { Usd } from '../../core/money.js'
import type { Price } from '../../core/outcome.js'
import type { AnswerRecord } from '../../core/records.js'
import { scanJournal } from '../../journal/scan.js'
import { createCallDoubts } from '../plan/call-doubts.js'

/** What earlier sessions of a run spent, for a cap that holds over all of them. */
export interface EarlierSpending {
  /** All answers, those of rows that are gone included, and the worst case of calls whose outcome is unknown. */
  readonly spentUsd: Usd
  /** Calls whose outcome is unknown and whose worst case nobody noted: they were made without a cap. */
  readonly unknownCalls: number
}

const priceAnswer = ({ body, at }: AnswerRecord, price: Price): Usd | undefined => {
  const answer = readAnswer(body)
  if (answer.status === 'unreadable' || answer.usage === undefined) return undefined
  return price({ model: answer.model, usage: answer.usage, serviceTier: answer.serviceTier }, at)
}

/**
 * Adds up what a run folder's journal says was spent. A call that began and of which nothing more is known counts with
 * what was reserved for it.
 */
export const sumEarlierSpending = async (folder: string, price: Price): Promise<EarlierSpending> => {
  const doubts = createCallDoubts()
  let answeredUsd = 0n
  let unknownAnswers = 0
  await scanJournal(folder, view => {
    if (!('key' in view)) return
    switch (view.kind) {
      case 'start':
        doubts.begin(view, view.facts().reserved_usd)
        return
      case 'answer': {
        const reserved = doubts.settle(view)
        const cost = priceAnswer(view.record(), price) ?? reserved
        if (cost === undefined) unknownAnswers += 1
        else answeredUsd += cost
        return
      }
      case 'failure':
        doubts.fail(view, view.facts().ambiguous)
        return
      case 'unknown':
        doubts.fail(view, true)
        return
      default:
        view satisfies never
    }
  })
  const { reservedUsd, unreserved } = doubts.total()
  return { spentUsd: answeredUsd + reservedUsd, unknownCalls: unreserved + unknownAnswers }
}
