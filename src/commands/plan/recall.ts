import type { CopiesRecord, JournalPosition, RunRecord } from '../../core/records.js'
import { createKeyTable } from '../../journal/key-table.js'
import type { RecordView } from '../../journal/record-view.js'
import { type JournalEnd, scanJournal } from '../../journal/scan.js'
import { stopReading } from '../interrupted.js'
import { createLatestAnswers } from './latest-answers.js'
import { createPlaces } from './places.js'

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

/** What the latest session told of rows that are answered by the request of another. */
export interface Copies {
  readonly rows: number
  /** How many rows this request answers beside its own. */
  of(key: string, nth: number): number
  /** The `nth` of the request with this key that answers other rows; undefined when there is none. */
  source(key: string): number | undefined
}

const refOf = (key: string, nth: number): string => `${key}.${nth}`

/** A request that was sent and is not settled. */
interface OpenRequest {
  readonly key: string
  readonly nth: number
  /** Where it stood. */
  readonly row: number
  readonly attempts: number
  /** Answers that turned out to be of no use. */
  readonly positions: readonly JournalPosition[]
  /** Whether somebody has asked for it. */
  found: boolean
}

/**
 * Table values: 0 = nothing settled (any more); p + 1 = the first record is at p; the same negative = asked for.
 * Requests with several records keep the later ones in a map, since they are few.
 */
const createSettled = () => {
  const table = createKeyTable()
  const later = new Map<string, JournalPosition[]>()
  /** By key: one of the settled requests that are not the first with it. */
  const beyondFirst = createKeyTable()
  let size = 0
  let found = 0
  const has = (key: string, nth: number): boolean => (table.get(key, nth) ?? 0) !== 0
  const positions = (key: string, nth: number): JournalPosition[] => {
    const value = table.get(key, nth) ?? 0
    return value === 0 ? [] : [Math.abs(value) - 1, ...(later.get(refOf(key, nth)) ?? [])]
  }
  return {
    has,
    positions,
    beyondFirst(key: string): number | undefined {
      const nth = beyondFirst.get(key, 0)
      return nth !== undefined && has(key, nth) ? nth : undefined
    },
    get size() {
      return size
    },
    unfound: () => size - found,
    add(key: string, nth: number, position: JournalPosition): void {
      if (!has(key, nth)) {
        table.set(key, nth, position + 1)
        size += 1
        if (nth > 0 && beyondFirst.get(key, 0) === undefined) beyondFirst.set(key, 0, nth)
        return
      }
      const ref = refOf(key, nth)
      later.set(ref, [...(later.get(ref) ?? []), position])
    },
    /** Forgets that it was settled and gives back what it had. */
    reopen(key: string, nth: number): JournalPosition[] {
      const had = positions(key, nth)
      table.set(key, nth, 0)
      later.delete(refOf(key, nth))
      size -= 1
      return had
    },
    find(key: string, nth: number): JournalPosition[] {
      const value = table.get(key, nth) ?? 0
      if (value > 0) {
        table.set(key, nth, -value)
        found += 1
      }
      return value === 0 ? [] : positions(key, nth)
    },
    *unfoundPositions(): Generator<JournalPosition> {
      for (const value of table.values()) if (value > 0) yield value - 1
    },
  }
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

type RowView = Extract<RecordView, { readonly key: string }>

/** What names an attempt. */
type Attempted = Pick<RowView, 'key' | 'nth' | 'row' | 'attempt'>

/** Follows the requests through the records. An answer settles until a failure of the same attempt takes that back. */
const createFollower = () => {
  const settled = createSettled()
  const open = new Map<string, OpenRequest>()
  /** Sends of requests that were settled already: re-runs. Their failures change nothing about what there is. */
  const again = new Map<string, number>()

  const settle = ({ key, nth }: RowView, position: JournalPosition): void => {
    const ref = refOf(key, nth)
    for (const earlier of open.get(ref)?.positions ?? []) settled.add(key, nth, earlier)
    open.delete(ref)
    settled.add(key, nth, position)
  }
  const leaveOpen = ({ key, nth, row, attempt: attempts }: Attempted): void => {
    const ref = refOf(key, nth)
    if (settled.has(key, nth) && again.has(ref)) {
      again.set(ref, attempts)
      return
    }
    const positions = settled.has(key, nth) ? settled.reopen(key, nth) : (open.get(ref)?.positions ?? [])
    open.set(ref, { key, nth, row, attempts, positions, found: false })
  }
  return {
    settled,
    open,
    again,
    /** Takes back that an answer settles its request, if it is still the last that was heard of it. */
    takeBack(answer: Attempted, position: JournalPosition): void {
      if (settled.positions(answer.key, answer.nth).at(-1) === position) leaveOpen(answer)
    },
    follow(view: RowView, position: JournalPosition): void {
      switch (view.kind) {
        case 'start':
          if (settled.has(view.key, view.nth)) again.set(refOf(view.key, view.nth), view.attempt)
          else leaveOpen(view)
          return
        case 'answer':
          settle(view, position)
          return
        case 'failure':
          if (view.facts().final) settle(view, position)
          else leaveOpen(view)
          return
        case 'unknown':
          return
        default:
          view satisfies never
      }
    },
  }
}

/** Adds up the time of sessions: an ended one says it, a killed one lasted up to its last record. */
const createSessionTimes = () => {
  let ended = 0
  let began: number | undefined
  let latest = 0
  const close = (): void => {
    if (began !== undefined) ended += Math.max(0, latest - began)
    began = undefined
  }
  return {
    see(at: number): void {
      latest = Math.max(latest, at)
    },
    begin(at: number): void {
      close()
      began = at
      latest = at
    },
    end(wallMs: number): void {
      ended += wallMs
      began = undefined
    },
    total(): number {
      close()
      return ended
    },
  }
}

/** Follows what sessions tell of requests that answer several rows: the latest alone counts. */
const createCopies = () => {
  let counts = createKeyTable()
  /** Of the few that are not the first with their key. */
  const later = new Map<string, number>()
  let rows = 0
  const copies: Copies = {
    get rows() {
      return rows
    },
    of: (key, nth) => counts.get(key, nth) ?? 0,
    source: key => later.get(key) ?? (counts.get(key, 0) === undefined ? undefined : 0),
  }
  return {
    copies,
    forget(): void {
      if (rows === 0) return
      counts = createKeyTable()
      later.clear()
      rows = 0
    },
    see({ requests }: CopiesRecord): void {
      for (const [key, nth, count] of requests) {
        counts.set(key, nth, count)
        if (nth > 0) later.set(key, nth)
        rows += count
      }
    },
  }
}

/** A journal that has nothing. */
export const emptyRecollection = (): Recollection => ({
  end: { nextSeq: 1, lastSegment: 0, tail: undefined },
  size: 0,
  lastRun: undefined,
  wallMs: 0,
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
  let removed = createMarks()
  const { copies, ...copying } = createCopies()
  let lastRun: RunRecord | undefined
  let simulated: boolean | undefined
  const latest = createLatestAnswers(folder)
  /** A session that did not end was killed: what it had no time to say of its last answers is made up for. */
  const closeSession = (): void => {
    for (const { record, position } of latest.takeUseless()) follower.takeBack(record, position)
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
