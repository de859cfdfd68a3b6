import type { FailureCode } from '../core/failures.js'
import type { Reply, Request } from '../core/model.js'
import { formatUsd, type Usd } from '../core/money.js'
import type { AnswerRecord, FailureRecord, StartRecord, UnknownRecord } from '../core/records.js'

/** A row on its way: what has been tried so far in this session. */
export interface OpenRow {
  readonly request: Request
  /** Number of the last attempt, over all sessions. */
  attempt: number
  /** Prompt tokens, roughly; undefined until somebody asks. */
  estimate: number | undefined
  /** Time in attempts that may have been billed, and in the waits after them, in ms. */
  triedMs: number
  failures: number
  /** Sends that may have been billed and brought nothing of use. */
  ambiguous: number
  /** Of those, answers that are not what was asked for. */
  invalid: number
}

export const openRow = (request: Request, earlierAttempts: number): OpenRow => ({
  request,
  attempt: earlierAttempts,
  estimate: undefined,
  triedMs: 0,
  failures: 0,
  ambiguous: 0,
  invalid: 0,
})

/** An attempt that brought no answer, named. Texts are scrubbed. */
export interface NamedFailure {
  readonly code: FailureCode
  readonly message: string
  readonly status: number | null
  readonly latencyMs: number
  readonly requestId: string | null
  readonly ambiguous: boolean
  readonly body: string | null
}

// Each record is written out field by field: object spread costs garbage collection more than sending a row does.

export const startRecord = (
  { request, attempt }: OpenRow,
  { at, reserved }: { at: number; reserved: Usd | undefined },
): StartRecord => ({
  kind: 'start',
  key: request.key,
  nth: request.nth,
  row: request.row,
  attempt,
  at,
  override: request.override,
  reserved_usd: reserved === undefined ? undefined : formatUsd(reserved),
})

export const unknownRecord = ({ request, attempt }: OpenRow, at: number): UnknownRecord => ({
  kind: 'unknown',
  key: request.key,
  nth: request.nth,
  row: request.row,
  attempt,
  at,
  override: request.override,
})

const roundMs = (ms: number): number => Math.round(ms)

export const isSimulated = (reply: Reply): boolean => reply.headers['x-promptmill-simulated'] === '1'

/** Longer than the id of any endpoint. */
const longestId = 200

/** The endpoint's own id of a call, for its support. */
export const requestIdOf = ({ headers }: Reply, scrub: (text: string) => string): string | null => {
  const id = headers['x-request-id']
  return id === undefined ? null : scrub(id).slice(0, longestId)
}

export const answerRecord = (
  { request, attempt }: OpenRow,
  reply: Reply,
  { at, scrub }: { at: number; scrub: (text: string) => string },
): AnswerRecord => ({
  kind: 'answer',
  key: request.key,
  nth: request.nth,
  row: request.row,
  attempt,
  at,
  override: request.override,
  row_id: request.rowId,
  status: reply.status,
  latency_ms: roundMs(reply.latencyMs),
  request_id: requestIdOf(reply, scrub),
  simulated: isSimulated(reply),
  body: reply.body,
})

export const failureRecord = (
  { request, attempt }: OpenRow,
  failure: NamedFailure,
  { at, final }: { at: number; final: boolean },
): FailureRecord => ({
  kind: 'failure',
  key: request.key,
  nth: request.nth,
  row: request.row,
  attempt,
  at,
  override: request.override,
  row_id: request.rowId,
  final,
  code: failure.code,
  message: failure.message,
  status: failure.status,
  latency_ms: roundMs(failure.latencyMs),
  request_id: failure.requestId,
  ambiguous: failure.ambiguous,
  body: failure.body,
})
