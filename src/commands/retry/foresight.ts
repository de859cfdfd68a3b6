import type { Outcome } from '../../core/outcome.js'
import { createRateFinder } from '../../pricing/cost.js'
import { createCounting } from '../../pricing/counting.js'
import { createDemand } from '../../pricing/demand.js'
import type { PriceBook } from '../../pricing/price-book.js'
import type { Draft } from '../../prompt/drafts.js'
import { decideExpectation } from '../estimate/basis.js'
import { createSeenAnswers, expectRowTokens, gatherOutcome } from '../estimate/expectation.js'
import { type Forecast, forecast } from '../estimate/forecast.js'
import type { PlanWatch } from '../plan/plan.js'

/** Sees what a plan would send, in the same reading, and says what it takes. */
export interface Foresight {
  readonly watch: PlanWatch
  /** An outcome of the run so far: the answers to come are expected to be like its answers. */
  see(outcome: Outcome): void
  /** @param rows how many rows are to be sent */
  finish(rows: number): Promise<Forecast>
  close(): Promise<void>
}

export const createForesight = (prices: PriceBook, at: Date): Foresight => {
  const find = createRateFinder(prices, at)
  const demand = createDemand(size => find(size.model, size.serviceTier, size.promptTokens))
  const gathered = createSeenAnswers()
  const counting = createCounting<Draft>((_draft, size) => demand.add(size))
  let batch: Draft[] = []
  const flush = async (): Promise<void> => {
    const full = batch
    batch = []
    await counting.add(full)
  }
  return {
    watch: { onPending: draft => void batch.push(draft), onBatch: flush },
    see: outcome => gatherOutcome(gathered, outcome),
    async finish(rows) {
      await flush()
      await counting.finish()
      const expectation = decideExpectation(
        { expectTokens: undefined },
        { sampled: undefined, past: undefined, seen: gathered.seen() },
      )
      return forecast(demand.groups(), expectRowTokens(expectation, rows))
    },
    close: () => counting.close(),
  }
}
