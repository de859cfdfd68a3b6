import { formatUsd, parseUsd, type Usd } from '../../core/money.js'
import type { JournalRecord, RowRecord } from '../../core/records.js'
import type { UnclearTotals } from '../../core/summary.js'
import type { RecordView } from '../../journal/record-view.js'
import { mostOnTheirWay } from './latest-answers.js'
import { refOf } from './settled.js'

/** What names a call among those that are on their way: a request has one at a time. */
type CallName = Pick<RowRecord, 'key' | 'nth' | 'row'>

type NameCall = (call: CallName) => string | number

/** Over several sessions: a request keeps its name, whatever row it stands in. */
const byRequest: NameCall = ({ key, nth }) => refOf(key, nth)

/** Within one session: the row says as much, and costs no string a call. */
export const byRow: NameCall = ({ row }) => row

/** Calls that brought no answer and may have been billed all the same. */
export interface CallDoubts {
  readonly calls: number
  /** What was reserved for them. */
  readonly reservedUsd: Usd
  /** Those of them for which nothing was reserved: they were made without a cap. */
  readonly unreserved: number
}

/**
 * Follows calls through the records. In doubt is one that failed ambiguously, was abandoned, or of which nothing more was
 * heard: its process was killed, and the next send of the row tells nothing about it.
 */
export const createCallDoubts = (nameOf: NameCall = byRequest) => {
  const begun = new Map<string | number, Usd | undefined>()
  // Two halves: when one is full the older is dropped. Taking the oldest out one by one is slow in a Map.
  let replied = new Map<string | number, Usd | undefined>()
  let earlier = replied
  let calls = 0
  let reservedUsd = 0n
  let unreserved = 0
  const doubt = (reserved: Usd | undefined): void => {
    calls += 1
    if (reserved === undefined) unreserved += 1
    else reservedUsd += reserved
  }
  return {
    begin(named: CallName, reserved: string | undefined): void {
      const call = nameOf(named)
      if (begun.has(call)) doubt(begun.get(call))
      begun.set(call, reserved === undefined ? undefined : parseUsd(reserved))
    },
    /** A reply has come. If it is no answer, `fail` will soon say so: it is kept in mind for that long. */
    reply(named: CallName): void {
      const call = nameOf(named)
      if (replied.size >= mostOnTheirWay) {
        earlier = replied
        replied = new Map()
      }
      replied.set(call, begun.get(call))
      begun.delete(call)
    },
    /**
     * What the call cost is known, or counted by somebody else.
     * @returns what was reserved for it
     */
    settle(named: CallName): Usd | undefined {
      const call = nameOf(named)
      const reserved = begun.get(call)
      begun.delete(call)
      return reserved
    },
    /** The call failed, or its reply was of no use. */
    fail(named: CallName, ambiguous: boolean): void {
      const call = nameOf(named)
      for (const known of [begun, replied, earlier]) {
        if (!known.has(call)) continue
        if (ambiguous) doubt(known.get(call))
        known.delete(call)
        return
      }
    },
    /** All of them, those of which nothing more has been heard by now included. */
    total(): CallDoubts {
      const open = [...begun.values()]
      return {
        calls: calls + open.length,
        reservedUsd: open.reduce<Usd>((sum, usd) => sum + (usd ?? 0n), reservedUsd),
        unreserved: unreserved + open.filter(usd => usd === undefined).length,
      }
    },
  }
}

export type CallDoubtsBook = ReturnType<typeof createCallDoubts>

/** Follows what a scan of the journal shows. */
export const seeView = (doubts: CallDoubtsBook, view: RecordView): void => {
  if (view.kind === 'start') doubts.begin(view, view.mayHave('reserved_usd') ? view.facts().reserved_usd : undefined)
  else if (view.kind === 'answer') doubts.reply(view)
  else if (view.kind === 'failure') doubts.fail(view, view.facts().ambiguous)
  else if (view.kind === 'unknown') doubts.fail(view, true)
}

/** Follows what a session writes. */
export const seeRecord = (doubts: CallDoubtsBook, record: JournalRecord): void => {
  if (record.kind === 'start') doubts.begin(record, record.reserved_usd)
  else if (record.kind === 'answer') doubts.reply(record)
  else if (record.kind === 'failure') doubts.fail(record, record.ambiguous)
  else if (record.kind === 'unknown') doubts.fail(record, true)
}

/** The doubts of several books as one total. */
export const toUnclear = (...books: readonly CallDoubts[]): UnclearTotals => {
  const sum = (pick: (doubts: CallDoubts) => number): number => books.reduce((total, doubts) => total + pick(doubts), 0)
  const reservedUsd = books.reduce<Usd>((total, doubts) => total + doubts.reservedUsd, 0n)
  const isBounded = sum(doubts => doubts.unreserved) === 0
  return { calls: sum(doubts => doubts.calls), at_most_usd: isBounded ? formatUsd(reservedUsd) : null }
}
