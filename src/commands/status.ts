import { stat } from 'node:fs/promises'
import { PromptmillError } from '../core/errors.js'
import { foldOutcome } from '../core/fold-outcome.js'
import type { Judge } from '../core/judge.js'
import { copyOutcome, faultOutcome, type Outcome, type Price, pendingOutcome } from '../core/outcome.js'
import { createTally, type Summary, type Tally } from '../core/summary.js'
import { createKeyTable, type KeyTable } from '../journal/key-table.js'
import { type Manifest, readManifest } from '../journal/manifest.js'
import { createRecordReader } from '../journal/reader.js'
import { scanJournal } from '../journal/scan.js'
import { toUnclear } from './plan/call-doubts.js'
import { type Recollection, type Remembered, recall } from './plan/recall.js'
import { readRecorded } from './results/project.js'
import { recallJudge } from './session/answer-form.js'
import { runFolderOf } from './session/output-path.js'
import { createDailyPrice } from './session/price.js'
import { loadPrices } from './session/prices.js'

/** What stands, and where it was read. */
export interface Status {
  readonly summary: Summary
  /** The same of requests that no row has any longer: edited, removed, or not chosen. The summary is without them. */
  readonly gone: Summary
  /** Where the rates come from, such as `prices.json over @pydantic/genai-prices 0.1.8`. */
  readonly priceSource: string
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

interface Books {
  readonly folder: string
  readonly memory: Recollection
  readonly tally: Tally
  /** For requests that no row has any longer. */
  readonly gone: Tally
  readonly price: Price
  readonly judge: Judge | undefined
}

/**
 * Counts requests that were sent and are not settled. Where an equal one answers their rows too, they are copies of it.
 * @returns how many of the rows that a request answers are counted by this
 */
const tallyOpen = ({ folder, memory, tally, gone, price, judge }: Books): KeyTable => {
  const counted = createKeyTable()
  const reader = createRecordReader(folder)
  const readPast = (remembered: Remembered): Outcome =>
    toOutcome(remembered, readRecorded({ reader, price, judge }, remembered.positions))
  try {
    for (const request of memory.open()) {
      const { key, nth } = request
      if (memory.isRemoved(key, nth)) {
        gone.add(readPast(request))
        continue
      }
      const from = memory.copies.source(key) ?? nth
      const given = from === nth ? undefined : memory.peek(key, from)
      const own = readPast(request)
      tally.add(given?.settled === true ? copyOutcome(readPast(given), own) : own)
      if (from !== nth) counted.set(key, from, (counted.get(key, from) ?? 0) + 1)
    }
  } finally {
    reader.close()
  }
  return counted
}

/**
 * Counts every settled request once, at its first record, in the order of the journal: reading on is cheap, leaping is
 * not. With it go the rows that it answers beside its own, also when it has none any longer.
 */
const tallySettled = async ({ folder, memory, tally, gone, price, judge }: Books, counted: KeyTable): Promise<void> => {
  const reader = createRecordReader(folder)
  const source = { reader, price, judge }
  try {
    await scanJournal(folder, (view, position) => {
      if (view.kind !== 'answer' && view.kind !== 'failure') return
      const { key, nth } = view
      const remembered = memory.peek(key, nth)
      if (remembered?.settled !== true || remembered.positions[0] !== position) return
      let copies = memory.copies.of(key, nth)
      const { positions } = remembered
      const outcome =
        positions.length === 1 ? foldOutcome([view.record()], price, judge) : readRecorded(source, positions)
      const owner = memory.isRemoved(key, nth) ? gone : tally
      owner.add(outcome)
      for (copies -= counted.get(key, nth) ?? 0; copies > 0; copies--) tally.add(copyOutcome(outcome))
    })
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
  const book = await loadPrices(prices, folder)
  const price = createDailyPrice(book)
  const tally = createTally()
  const gone = createTally()
  const judge = await recallJudge(manifest.settings)
  const books = { folder, memory, tally, gone, price, judge }
  await tallySettled(books, tallyOpen(books))
  tallyFaults(tally, memory)
  const counted = tally.summary(0).rows.total
  for (let row = counted; row < (memory.lastRun?.rows ?? 0); row++) tally.add(pendingOutcome())
  return {
    summary: tally.summary(memory.wallMs, toUnclear(memory.doubts)),
    gone: gone.summary(0),
    priceSource: book.source,
    manifest,
    runFolder: folder,
  }
}
