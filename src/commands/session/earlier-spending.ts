import { readAnswer } from '../../core/answer.js'
import { parseUsd, type Usd } from '../../core/money.js'
import type { Price } from '../../core/outcome.js'
import type { AnswerRecord } from '../../core/records.js'
import { scanJournal } from '../../journal/scan.js'

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
  const begun = new Map<string, Usd | undefined>()
  let spentUsd = 0n
  let unknownCalls = 0
  const count = (reserved: Usd | undefined): void => {
    if (reserved === undefined) unknownCalls += 1
    else spentUsd += reserved
  }
  await scanJournal(folder, view => {
    if (!('key' in view)) return
    const call = `${view.key}.${view.nth}`
    const reserved = begun.get(call)
    switch (view.kind) {
      case 'start':
        begun.set(call, parseUsd(view.facts().reserved_usd ?? ''))
        return
      case 'answer': {
        const cost = priceAnswer(view.record(), price)
        if (cost === undefined) count(reserved)
        else spentUsd += cost
        begun.delete(call)
        return
      }
      case 'failure':
        // After an answer of no use the failure speaks of a call that has been counted.
        if (begun.has(call) && view.facts().ambiguous) count(reserved)
        begun.delete(call)
        return
      case 'unknown':
        if (begun.has(call)) count(reserved)
        begun.delete(call)
        return
      default:
        view satisfies never
    }
  })
  for (const reserved of begun.values()) count(reserved)
  return { spentUsd, unknownCalls }
}
