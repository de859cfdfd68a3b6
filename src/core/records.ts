import type { Override, RequestIdentity } from './model.js'

/**
 * The journal's records. On disk each is one JSON line: `seq` and `kind` first, then the fields below in this order,
 * `crc` last. Field names are the journal's published format, hence snake_case. All `at` are epoch milliseconds.
 */
export const journalFormat = 1

/** A session begins: written before its first request. */
export interface RunRecord {
  readonly kind: 'run'
  readonly at: number
  readonly format: number
  readonly version: string
  /** Where this session sends, without credentials. */
  readonly base_url: string
  /** Rows of the input. */
  readonly rows: number
  /** Rows that no request can be made from, by fault code. */
  readonly faults: Readonly<Record<string, number>>
  /** Settings that this session, a `retry`, sends in place of the run's own. */
  readonly override?: Override | undefined
}

interface AttemptRecord extends RequestIdentity {
  /** Index of the row in the input of the session that sent it. */
  readonly row: number
  /** 1 for the row's first send, counted over all sessions. */
  readonly attempt: number
  readonly at: number
  /**
   * Settings of `retry` that were sent in place of the run's own; key and nth are those of the row's own request all the
   * same. A long text is told by its SHA-256; the session's `run` record has it whole.
   */
  readonly override?: Override | undefined
}

/** An attempt that was made. */
interface EndedAttemptRecord extends AttemptRecord {
  /** What the row calls itself, where `--id-column` or a Batch API line names it: by this an edited row is known. */
  readonly row_id?: string | undefined
}

/** A request is about to be sent. Handed to the kernel before the first byte leaves, not synced. */
export interface StartRecord extends AttemptRecord {
  readonly kind: 'start'
  /** The most that the call can cost, held back from `--max-cost`: it counts as spent while the outcome is unknown. */
  readonly reserved_usd?: string | undefined
}

/** A 2xx reply, raw. Synced before it is interpreted. */
export interface AnswerRecord extends EndedAttemptRecord {
  readonly kind: 'answer'
  readonly status: number
  readonly latency_ms: number
  readonly request_id: string | null
  /** The answer came from promptmill's own simulator and never stands for a real one. */
  readonly simulated: boolean
  readonly body: string
}

/** An attempt that brought no answer. The row's last word when `final`. */
export interface FailureRecord extends EndedAttemptRecord {
  readonly kind: 'failure'
  readonly final: boolean
  readonly code: string
  readonly message: string
  /** HTTP status, null when no reply came. */
  readonly status: number | null
  readonly latency_ms: number
  readonly request_id: string | null
  /** Whether the call may have been billed although no answer came. */
  readonly ambiguous: boolean
  /** What the reply said, scrubbed of the key, at most 2 kB. */
  readonly body: string | null
}

/** A request was in flight when the run was aborted: whether it was billed is unknown. */
export interface UnknownRecord extends AttemptRecord {
  readonly kind: 'unknown'
}

/**
 * These requests belong to no row of the run: it is no longer in the input, or not chosen (`--limit`, `--where`). Their
 * answers stay and are reused when the row is back; until then they do not count. `restored` takes that back, for all
 * requests before it when it says so.
 */
export interface MembershipRecord {
  readonly kind: 'removed' | 'restored'
  readonly at: number
  readonly all?: true
  readonly keys: readonly (readonly [key: string, nth: number])[]
}

/**
 * Stands for records that were damaged and are nowhere else: their bytes were moved into a file beside the journal. Its
 * own number is that of the first of them.
 */
export interface LostRecord {
  readonly kind: 'lost'
  readonly at: number
  /** How many numbers it stands for, its own included. */
  readonly count: number
}

/**
 * These requests answer so many rows beside their own (`--dedupe`). What earlier sessions said of it no longer holds:
 * each session says it anew, after its `run` record.
 */
export interface CopiesRecord {
  readonly kind: 'copies'
  readonly at: number
  readonly requests: readonly (readonly [key: string, nth: number, rows: number])[]
}

/** A session ended in good order. */
export interface EndRecord {
  readonly kind: 'end'
  readonly at: number
  readonly reason: 'finished' | 'stopped' | 'interrupted'
  readonly wall_ms: number
}

export type JournalRecord =
  | RunRecord
  | StartRecord
  | AnswerRecord
  | FailureRecord
  | UnknownRecord
  | MembershipRecord
  | LostRecord
  | CopiesRecord
  | EndRecord

/** Records that belong to one request. */
export type RowRecord = StartRecord | AnswerRecord | FailureRecord | UnknownRecord

/** Where a record stands in the journal: one number for segment and byte offset. */
export type JournalPosition = number

/** What the sending needs of a journal. */
export interface RecordSink {
  /** Resolves once the record is handed to the kernel: it survives the death of the process. */
  note(record: JournalRecord): Promise<JournalPosition>
  /** Resolves once the record is synced to disk: it survives the death of the machine. */
  commit(record: JournalRecord): Promise<JournalPosition>
}
