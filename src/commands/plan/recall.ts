import type { JournalPosition, RunRecord } from '../../core/records.js'
import { createKeyTable } from '../../journal/key-table.js'
import { type JournalEnd, scanJournal } from '../../journal/scan.js'
import { stopReading } from '../interrupted.js'
import { type CallDoubts, createCallDoubts, seeView } from './call-doubts.js'
import { createFollower, type OpenRequest } from './follower.js'
import { createLatestAnswers } from './latest-answers.js'
import { createPlaces } from './places.js'
import { createSessionTimes } from './session-times.js'
import { refOf } from './settled.js'
import { type Copies, createCopies } from './told-copies.js'

/** What the journal has of one request. */
export interface Remembered {
  /** Whether a record is its last word: an answer, or a failure for good. */
  readonly settled: boolean
  /** Its answers and final failures, oldest first. */
  readonly positions: readonly JournalPosition[]
  /** Calls made for it, as far as they are not told by the records at `positions`. */
  readonly attempts: number
}

/** The journal, read once: which requests it settles, and where their records are. */
export interface Recollection {
  /** Where the journal goes on: opening it need not read it again. */
  readonly end: JournalEnd
  /** Settled requests. */
  readonly size: number
  /** The latest session's own record. */
  readonly lastRun: RunRecord | undefined
  /** Time of all sessions, in ms; of a killed one up to its last record. */
  readonly wallMs: number
  /** Calls that brought no answer and may have been billed. */
  readonly doubts: CallDoubts
  /** Whether its answers are the simulator's; undefined when there are none. */
  readonly simulated: boolean | undefined
  /** Looks a request up and remembers that it was asked for. */
  find(key: string, nth: number): Remembered | undefined
  /** Looks a request up and leaves no trace. */
  peek(key: string, nth: number): Remembered | undefined
  /** How many settled requests nobody has asked for. */
  unfound(): number
  /** Where the records of those begin. */
  unfoundPositions(): Iterable<JournalPosition>
  /** Requests that were sent and are not settled: in flight when a session was killed, or given up for now. */
  open(): Iterable<OpenRequest & Remembered>
  /** How many requests are marked as belonging to no row. */
  readonly removed: number
  /** Whether the request was marked as belonging to no row: gone from the input, or not chosen. */
  isRemoved(key: string, nth: number): boolean
  /** Whether the request stands where it was sent from. Told only where places were asked for: else all do. */
  isAt(row: number, key: string, nth: number): boolean
  /** One of the requests with this key that is settled, if the first is not; undefined when there is none. */
  settledLater(key: string): number | undefined
  /** Which requests answer several rows, as the latest session told. */
  readonly copies: Copies
}

/** Requests that are marked, at some 20 bytes each: a small choice from a large run leaves many out. */
const createMarks = () => {
  const table = createKeyTable()
  let size = 0
  const has = (key: string, nth: number): boolean => table.get(key, nth) === 1
  return {
    get size() {
      return size
    },
    has,
    mark(key: string, nth: number, on: boolean): void {
      if (has(key, nth) === on) return
      table.set(key, nth, on ? 1 : 0)
      size += on ? 1 : -1
    },
  }
}

/** A journal that has nothing. */
export const emptyRecollection = (): Recollection => ({
  end: { nextSeq: 1, lastSegment: 0, tail: undefined },
  size: 0,
  lastRun: undefined,
  wallMs: 0,
  doubts: createCallDoubts().total(),
  simulated: undefined,
  find: () => undefined,
  peek: () => undefined,
  unfound: () => 0,
  unfoundPositions: () => [],
  open: () => [],
  removed: 0,
  isRemoved: () => false,
  isAt: () => true,
  settledLater: () => undefined,
  copies: createCopies().copies,
})

/** How many records are read between two looks at the signal. */
const recordsPerLook = 4096

export interface RecallOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether it shall be known where requests stood: four bytes a row more. */
  readonly withPlaces?: boolean
}

/**
 * Reads a run folder's journal. A missing one is a run that has not begun.
 * @throws PromptmillError `journal_damaged`, `interrupted` when the signal aborts meanwhile
 */
export const recall = async (
  folder: string,
  { signal, withPlaces = false }: RecallOptions = {},
): Promise<Recollection> => {
  const places = withPlaces ? createPlaces() : undefined
  const follower = createFollower()
  const times = createSessionTimes()
  const doubts = createCallDoubts()
  let removed = createMarks()
  const { copies, ...copying } = createCopies()
  let lastRun: RunRecord | undefined
  let simulated: boolean | undefined
  const latest = createLatestAnswers(folder)
  /** A session that did not end was killed: what it had no time to say of its last answers is made up for. */
  const closeSession = (): void => {
    for (const { record, position } of latest.takeUseless()) {
      if (follower.takeBack(record, position)) doubts.fail(record, true)
    }
  }

  const end = await scanJournal(folder, (view, position) => {
    if (view.seq % recordsPerLook === 0) stopReading(signal)
    switch (view.kind) {
      case 'run':
        closeSession()
        lastRun = view.record()
        times.begin(lastRun.at)
        copying.forget()
        return
      case 'end':
        latest.forget()
        times.end(view.record().wall_ms)
        return
      case 'removed':
        for (const [key, nth] of view.record().keys) removed.mark(key, nth, true)
        return
      case 'restored':
        if (view.record().all === true) removed = createMarks()
        for (const [key, nth] of view.record().keys) removed.mark(key, nth, false)
        return
      case 'lost':
        return
      case 'copies':
        copying.see(view.record())
        return
      default:
        times.see(view.at)
        // One journal holds answers of one kind only, so the first tells.
        if (view.kind === 'answer') {
          simulated ??= view.facts().simulated
          latest.add(position)
        }
        if (view.kind === 'start') places?.put(view.row, view.key, view.nth)
        follower.follow(view, position)
        seeView(doubts, view)
    }
  })
  closeSession()

  const { settled, open, again } = follower
  const toRemembered = (key: string, nth: number, positions: readonly JournalPosition[]): Remembered | undefined => {
    if (positions.length > 0) return { settled: true, positions, attempts: again.get(refOf(key, nth)) ?? 0 }
    const request = open.size === 0 ? undefined : open.get(refOf(key, nth))
    return request && { settled: false, positions: request.positions, attempts: request.attempts }
  }
  return {
    end,
    get size() {
      return settled.size
    },
    lastRun,
    simulated,
    wallMs: times.total(),
    doubts: doubts.total(),
    unfound: settled.unfound,
    unfoundPositions: settled.unfoundPositions,
    *open() {
      for (const request of open.values()) yield { ...request, settled: false }
    },
    get removed() {
      return removed.size
    },
    isRemoved: (key, nth) => removed.has(key, nth),
    isAt: (row, key, nth) => places?.isAt(row, key, nth) ?? true,
    settledLater: settled.beyondFirst,
    copies,
    peek: (key, nth) => toRemembered(key, nth, settled.positions(key, nth)),
    find(key, nth) {
      const request = open.size === 0 ? undefined : open.get(refOf(key, nth))
      if (request !== undefined) request.found = true
      return toRemembered(key, nth, settled.find(key, nth))
    },
  }
}
