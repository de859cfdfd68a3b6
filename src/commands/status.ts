import { stat } from 'node:fs/promises'
import { PromptmillError } from '../core/errors.js'
import type { Judge } from '../core/judge.js'
import { faultOutcome, foldOutcome, type Outcome, type Price, pendingOutcome } from '../core/outcome.js'
import { createTally, type Summary, type Tally } from '../core/summary.js'
import { type Manifest, readManifest } from '../journal/manifest.js'
import { createRecordReader } from '../journal/reader.js'
import { scanJournal } from '../journal/scan.js'
import { type Recollection, type Remembered, recall } from './plan/recall.js'
import { readRecorded } from './results/project.js'
import { recallJudge } from './session/answer-form.js'
import { runFolderOf } from './session/output-path.js'
import { createDailyPrice } from './session/price.js'
import { loadPrices } from './session/prices.js'

/** What stands, and where it was read. */
export interface Status {
  readonly summary: Summary
  readonly manifest: Manifest
  readonly runFolder: string
}

/** A run folder, found by its own path or by that of the results. */
export const findRun = async (target: string): Promise<{ folder: string; manifest: Manifest }> => {
  for (const folder of [target, runFolderOf(target)]) {
    const isFolder = await stat(folder).then(
      facts => facts.isDirectory(),
      () => false,
    )
    const manifest = isFolder ? await readManifest(folder) : undefined
    if (manifest !== undefined) return { folder, manifest }
  }
  throw new PromptmillError('not_a_run', `${target} is not the results of a run: there is no ${runFolderOf(target)}`, {
    hint: 'Give the results file that promptmill run wrote, or its run folder',
  })
}

const toOutcome = ({ settled, attempts }: Remembered, outcome: Outcome): Outcome =>
  settled ? outcome : { ...outcome, status: 'pending', attempts: Math.max(attempts, outcome.attempts) }

/** Counts every settled request once, at its first record, in the order of the journal: reading on is cheap, leaping is not. */
const tallySettled = async (
  folder: string,
  memory: Recollection,
  { tally, price, judge }: { tally: Tally; price: Price; judge: Judge | undefined },
) => {
  const reader = createRecordReader(folder)
  const source = { reader, price, judge }
  try {
    await scanJournal(folder, (view, position) => {
      if (view.kind !== 'answer' && view.kind !== 'failure') return
      const remembered = memory.peek(view.key, view.nth)
      if (remembered?.settled !== true || remembered.positions[0] !== position) return
      if (memory.isRemoved(view.key, view.nth)) return
      const { positions } = remembered
      tally.add(positions.length === 1 ? foldOutcome([view.record()], price, judge) : readRecorded(source, positions))
    })
    for (const request of memory.open()) {
      if (memory.isRemoved(request.key, request.nth)) continue
      tally.add(toOutcome(request, readRecorded(source, request.positions)))
    }
  } finally {
    reader.close()
  }
}

const tallyFaults = (tally: Tally, memory: Recollection): void => {
  for (const [code, count] of Object.entries(memory.lastRun?.faults ?? {})) {
    const outcome: Outcome = { ...faultOutcome({ code: 'invalid_row', message: '' }), errorCode: code }
    for (let left = count; left > 0; left--) tally.add(outcome)
  }
}

/**
 * Tells what stands from the journal alone: also while a run is going on, and when the input has moved.
 * @param target path of the results or of the run folder
 * @param prices file of prices; by default the one that the run was given
 * @throws PromptmillError `not_a_run`, `journal_damaged`, `bad_price`, `bad_schema`
 */
export const readStatus = async (target: string, prices?: string): Promise<Status> => {
  const { folder, manifest } = await findRun(target)
  const memory = await recall(folder)
  const price = createDailyPrice(await loadPrices(prices, folder))
  const tally = createTally()
  const judge = await recallJudge(manifest.settings)
  await tallySettled(folder, memory, { tally, price, judge })
  tallyFaults(tally, memory)
  const counted = tally.summary(0).rows.total
  for (let row = counted; row < (memory.lastRun?.rows ?? 0); row++) tally.add(pendingOutcome())
  return { summary: tally.summary(memory.wallMs), manifest, runFolder: folder }
}
