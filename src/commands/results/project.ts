import { foldOutcome } from '../../core/fold-outcome.js'
import type { Judge } from '../../core/judge.js'
import type { Row, RowFault } from '../../core/model.js'
import { copyOutcome, faultOutcome, type Outcome, type Price, pendingOutcome } from '../../core/outcome.js'
import type { AnswerRecord, FailureRecord, JournalPosition } from '../../core/records.js'
import { createTally, type Tally } from '../../core/summary.js'
import type { Input } from '../../input/open.js'
import type { RecordReader } from '../../journal/reader.js'
import { createRowRenderer, type ResultRow, type ResultsShape } from '../../output/render-rows.js'
import type { TextSink } from '../../output/results-file.js'
import type { Drafts } from '../../prompt/drafts.js'
import { createIdReader, placeOf } from '../plan/row-name.js'
import type { RowTable } from '../plan/row-table.js'
import type { Accuracy, AccuracyCheck } from './accuracy.js'

/** Failed rows of one error code: the first few, for the report at the end. */
export interface FailedExample {
  readonly code: string
  readonly row: number
  /** Line of its file. */
  readonly line: number
  /** The file, where there are several. */
  readonly source?: string | undefined
  /** What the row calls itself, where a column for that is named. */
  readonly id: string | undefined
  readonly message: string
}

const examplesPerCode = 3

/** What was at fault when the rows were planned, and is no longer: a file has come since. */
const mended: RowFault = { code: 'image_changed', message: 'an image changed while the run was going on' }

/** Where outcomes are read from: the table of positions, and the journal behind it. */
export interface OutcomeSource {
  readonly table: RowTable
  readonly reader: RecordReader
  readonly price: Price
  /** What answers must be; undefined where text will do. */
  readonly judge: Judge | undefined
}

/** Folds the records at these positions of the journal. */
export const readRecorded = (
  { reader, price, judge }: Omit<OutcomeSource, 'table'>,
  positions: readonly JournalPosition[],
): Outcome => {
  const records: (AnswerRecord | FailureRecord)[] = []
  for (const position of positions) {
    const record = reader.read(position)
    if (record.kind === 'answer' || record.kind === 'failure') records.push(record)
  }
  return records.length === 0 ? pendingOutcome() : foldOutcome(records, price, judge)
}

/** A copy has the outcome of the row that it is a copy of, and of its own what was spent on it before it was one. */
const readCopy = (source: OutcomeSource, index: number): Outcome => {
  const { table } = source
  const from = table.source(index)
  const given = from === undefined ? readRecorded(source, table.positions(index)) : readOutcome(source, from)
  const attempts = table.attempts(index)
  if (attempts === 0) return copyOutcome(given)
  const own = readRecorded(source, table.ownPositions(index))
  return copyOutcome(given, { ...own, status: 'pending', attempts: Math.max(own.attempts, attempts) })
}

/** Reads the outcome of a row that has a request out of the journal. */
export const readOutcome = (source: OutcomeSource, index: number): Outcome => {
  const { table } = source
  if (table.state(index) === 'copy') return readCopy(source, index)
  const outcome = readRecorded(source, table.positions(index))
  if (!table.isOpen(index)) return outcome
  return { ...outcome, status: 'pending', attempts: Math.max(outcome.attempts, table.attempts(index)) }
}

export interface Projection {
  readonly tally: Tally
  readonly examples: readonly FailedExample[]
  /** How true an estimate would have been; undefined where nothing was sent. */
  readonly accuracy: Accuracy | undefined
}

export interface ProjectionOptions {
  readonly shape: ResultsShape
  readonly sink: TextSink
  readonly idColumn: string | undefined
  /**
   * Awaited before a batch of rows is written, with the last of them, and before the end: what it throws ends the writing.
   */
  readonly onBatch: (lastRow: number) => Promise<void> | void
  /** Is shown all results as they are written; undefined where nothing is sent. */
  readonly accuracy: AccuracyCheck | undefined
}

/**
 * Writes the results: every row of the input in its order, with what the journal says of it. Needs no network and can
 * be repeated; the journal is the truth, the results are a view of it.
 */
export const projectResults = async (
  input: Input,
  source: OutcomeSource & { readonly drafts: Drafts },
  { shape, sink, idColumn, onBatch, accuracy }: ProjectionOptions,
): Promise<Projection> => {
  const readId = createIdReader(input.columns, idColumn)
  const renderer = createRowRenderer(shape)
  const tally = createTally()
  const examples: FailedExample[] = []
  const examplesOf = new Map<string, number>()

  const note = (row: Row, outcome: Outcome): void => {
    tally.add(outcome)
    const code = outcome.errorCode
    if (outcome.status !== 'failed' || code === undefined) return
    const count = examplesOf.get(code) ?? 0
    examplesOf.set(code, count + 1)
    if (count >= examplesPerCode) return
    const message = outcome.errorMessage ?? code
    examples.push({ ...placeOf(input, row), code, id: readId(row), message })
  }
  const outcomeOf = (row: Row, toDraft: Drafts['toDraft']): Outcome => {
    if (!isFaulty(row)) return readOutcome(source, row.index)
    return faultOutcome(toDraft(row).fault ?? mended)
  }
  const isFaulty = (row: Row): boolean => source.table.state(row.index) === 'faulty'
  const toResult = (row: Row, toDraft: Drafts['toDraft']): ResultRow => {
    const outcome = outcomeOf(row, toDraft)
    note(row, outcome)
    return { row, outcome }
  }

  await sink.write(renderer.head)
  for await (const batch of input.rows()) {
    await onBatch(batch.at(-1)?.index ?? -1)
    const { toDraft } = await source.drafts.prepare(batch.filter(isFaulty))
    const results = batch.map(row => toResult(row, toDraft))
    await accuracy?.see(results)
    await sink.write(renderer.render(results))
  }
  await onBatch(Number.POSITIVE_INFINITY)
  await sink.finish()
  return { tally, examples, accuracy: accuracy?.accuracy() }
}
