import type { Clock } from '../../core/clock.js'
import type { Price } from '../../core/outcome.js'
import type { SendEvent, Sender, Settlement } from '../../send/contract.js'
import type { Plan } from '../plan/plan.js'
import type { Progress } from '../ports.js'

/** Counts what the sending of a session reports, for people who watch. */
export const createMeter = ({ plan, price }: { readonly plan: Plan; readonly price: Price }, clock: Clock) => {
  let settled = 0
  let failed = 0
  let promptTokens = 0
  let completionTokens = 0
  let spentUsd = 0n
  let unpriced = 0
  return {
    get settled() {
      return settled
    },
    seeEvent(event: SendEvent): void {
      // Forgotten again once the row is settled: then its records tell.
      if (event.kind === 'start') plan.table.setAttempts(event.row, event.attempt)
      if (event.kind !== 'answer' || event.answer.status === 'unreadable') return
      const { usage, model, serviceTier } = event.answer
      const cost = usage && price({ model, usage, serviceTier }, clock.wall())
      promptTokens += usage?.promptTokens ?? 0
      completionTokens += usage?.completionTokens ?? 0
      if (cost !== undefined) spentUsd += cost
      else if (usage !== undefined || event.answer.status !== 'error') unpriced += 1
    },
    seeSettled(status: Settlement['status']): void {
      if (status !== 'left') settled += 1
      if (status === 'failed') failed += 1
    },
    progress: (sender: Sender): Progress => ({
      rows: plan.counts.rows - plan.left,
      done: plan.counts.rows - plan.left - plan.table.unsent,
      failed: failed + plan.counts.faulty,
      promptTokens,
      completionTokens,
      spentUsd,
      unpriced,
      settled,
      load: sender.load(),
    }),
  }
}
