import { PromptmillError } from '../../core/errors.js'
import { foldOutcome } from '../../core/fold-outcome.js'
import { createRecordReader } from '../../journal/reader.js'
import { scanJournal } from '../../journal/scan.js'
import { recall } from '../plan/recall.js'
import { readRecorded } from '../results/project.js'
import { findRun } from '../status.js'
import { createSeenAnswers, fewestAnswers, gatherOutcome, type SeenAnswers } from './expectation.js'

const noPrice = (): undefined => undefined

/**
 * Reads what the answers of an earlier run took.
 * @param target path of the results or of the run folder
 * @throws PromptmillError `not_a_run`; `bad_flag` when the run has too few answers to learn from
 */
export const readPastAnswers = async (target: string): Promise<SeenAnswers> => {
  const { folder } = await findRun(target)
  const memory = await recall(folder)
  const gathered = createSeenAnswers()
  const reader = createRecordReader(folder)
  try {
    await scanJournal(folder, (view, position) => {
      if (view.kind !== 'answer') return
      const remembered = memory.peek(view.key, view.nth)
      // Each row once, at its first record.
      if (remembered?.settled !== true || remembered.positions[0] !== position) return
      const { positions } = remembered
      const outcome =
        positions.length === 1
          ? foldOutcome([view.record()], noPrice)
          : readRecorded({ reader, price: noPrice, judge: undefined }, positions)
      gatherOutcome(gathered, outcome)
    })
  } finally {
    reader.close()
  }
  if (gathered.lengths.count < fewestAnswers) {
    throw new PromptmillError(
      'bad_flag',
      `--like ${target}: it takes ${fewestAnswers} answers to learn from, and the run has ${gathered.lengths.count}`,
      {
        hint: 'Name the results of a run with answers of the kind that you expect',
      },
    )
  }
  return gathered.seen()
}
