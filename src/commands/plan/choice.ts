import { showCount } from '../../core/count-words.js'
import { PromptmillError } from '../../core/errors.js'
import type { Row } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import type { RunFlagSettings } from '../../core/options.js'
import { createShuffle } from '../../core/random.js'
import type { Input, OnShare } from '../../input/open.js'
import { compileWhere } from './where.js'

export type ChoiceFlags = Pick<RunFlagSettings, 'limit' | 'offset' | 'shuffleSeed' | 'where'>

/** The lowest `count` of many different numbers, in order, in the memory of twice as many. */
const createLowest = (count: number) => {
  let kept: number[] = []
  let bound = Number.POSITIVE_INFINITY
  const cut = (): void => {
    kept = kept.toSorted((a, b) => a - b).slice(0, count)
    if (kept.length === count) bound = kept.at(-1) ?? bound
  }
  return {
    add(value: number): void {
      if (value >= bound) return
      kept.push(value)
      if (kept.length >= 2 * count + 1000) cut()
    },
    sorted(): readonly number[] {
      cut()
      return kept
    },
  }
}

/** Whether a row is taken that has this place, from 0, among those that meet the conditions. */
interface Span {
  takes(row: Row, place: number): boolean
  /** From this place on none is taken. */
  readonly end: number
}

/** In the order of the input, a choice is a span of places. */
const plainSpan = (offset: number, limit: number | undefined): Span => {
  const end = limit === undefined ? Number.POSITIVE_INFINITY : offset + limit
  return { takes: (_row, place) => place >= offset && place < end, end }
}

/**
 * In a random order, a choice is a span of ranks: two numbers tell it, however many rows it holds. They are known when
 * every row's rank has been seen. A row's rank depends on seed and place in the file alone, so that a larger `--limit`
 * keeps the rows of a smaller one.
 */
const readShuffledSpan = async (
  input: Input,
  { limit, offset = 0, where = [] }: ChoiceFlags,
  rankOf: (index: number) => number,
): Promise<Span> => {
  const { matches } = compileWhere(where, input)
  const lowest = createLowest(offset + (limit ?? 0) + 1)
  for await (const batch of input.rows()) for (const row of batch) if (matches(row)) lowest.add(rankOf(row.index))
  const ranks = lowest.sorted()
  const from = ranks[offset] ?? Number.POSITIVE_INFINITY
  const to = (limit === undefined ? undefined : ranks[offset + limit]) ?? Number.POSITIVE_INFINITY
  const takes = ({ index }: Row): boolean => rankOf(index) >= from && rankOf(index) < to
  return { takes, end: Number.POSITIVE_INFINITY }
}

const nothingChosen = (input: Input, matching: number, { offset = 0 }: ChoiceFlags): PromptmillError => {
  const rows = matching === 1 ? 'the 1 row' : `the ${showCount(matching)} rows`
  const why =
    matching === 0 ? `no row meets ${flagName('where')}` : `${flagName('offset')} ${offset} leaves none of ${rows}`
  return new PromptmillError('bad_flag', `${input.name}: ${why}`, { hint: 'Nothing was sent. Choose other rows' })
}

/**
 * The rows that the flags choose, as an input of their own: each keeps its place and its line, and the others are never
 * seen, by no part of a run. Reading ends with the last row that is chosen.
 *
 * A request is counted among its equals (`nth`) within the choice: which rows are left out changes no identity but that
 * of equal rows, which are interchangeable.
 * @throws PromptmillError `bad_flag` for a condition that is none, `bad_template` for a column that a table does not
 * have. `rows` throws both when all was read and nothing is chosen
 */
export const chooseRows = (input: Input, flags: ChoiceFlags): Input => {
  const { limit, offset = 0, shuffleSeed, where = [] } = flags
  // A mistake in a condition is found before the first row is read.
  compileWhere(where, input)
  if (limit === undefined && offset === 0 && where.length === 0) return input
  let span: Promise<Span> | undefined
  const openSpan = (): Promise<Span> =>
    shuffleSeed === undefined
      ? Promise.resolve(plainSpan(offset, limit))
      : readShuffledSpan(input, flags, createShuffle(shuffleSeed))

  async function* rows(onShare?: OnShare): AsyncGenerator<readonly Row[]> {
    span ??= openSpan()
    const { takes, end } = await span
    const { matches, checkColumns } = compileWhere(where, input)
    let read = 0
    let matching = 0
    let chosen = 0
    for await (const batch of input.rows(onShare)) {
      const taken = batch.filter(row => matches(row) && takes(row, matching++))
      read += batch.length
      chosen += taken.length
      if (taken.length > 0) yield taken
      if (matching >= end) return
    }
    if (read > 0) checkColumns()
    if (read > 0 && chosen === 0) throw nothingChosen(input, matching, flags)
  }
  return {
    files: input.files,
    name: input.name,
    format: input.format,
    form: input.form,
    columns: input.columns,
    bytes: input.bytes,
    sourceColumn: input.sourceColumn,
    fileOf: input.fileOf,
    sourceOf: input.sourceOf,
    partial: true,
    rows,
  }
}
