import type { SettingsOf } from '../../core/option-spec.js'
import type { forecastOptions } from '../../core/options.js'
import { createTally } from '../../core/summary.js'
import { createRecordReader } from '../../journal/reader.js'
import type { Plan } from '../plan/plan.js'
import { readOutcome } from '../results/project.js'
import {
  createSeenAnswers,
  type Expectation,
  enoughOfThisRun,
  fewestAnswers,
  gatherOutcome,
  type SeenAnswers,
} from './expectation.js'
import type { Survey } from './survey.js'

type ForecastSettings = SettingsOf<typeof forecastOptions>

/** What earlier sessions have of the rows: their cost, and how long their answers were. */
export const readSpent = ({ folder, price, settings: { judge } }: Survey, { table }: Plan) => {
  const tally = createTally()
  const gathered = createSeenAnswers()
  const reader = createRecordReader(folder)
  try {
    for (let row = 0; row < table.rows; row++) {
      if (table.positions(row).length === 0 || table.state(row) === 'copy') continue
      const outcome = readOutcome({ table, reader, price, judge }, row)
      tally.add(outcome)
      gatherOutcome(gathered, outcome)
    }
  } finally {
    reader.close()
  }
  return { summary: tally.summary(0), seen: gathered.seen() }
}

/** The best there is: a sample, then another run, then enough of this one, then an assumption. */
export const decideExpectation = (
  { expectTokens }: Pick<ForecastSettings, 'expectTokens'>,
  { sampled, past, seen }: { sampled: SeenAnswers | undefined; past: SeenAnswers | undefined; seen: SeenAnswers },
): Expectation => {
  if (sampled !== undefined && sampled.lengths.count >= fewestAnswers) return { source: 'sample', seen: sampled }
  if (past !== undefined) return { source: 'like', seen: past }
  if (expectTokens === undefined && seen.lengths.count >= enoughOfThisRun) return { source: 'run', seen }
  return { source: 'assumption', tokens: expectTokens }
}
