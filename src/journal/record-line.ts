import { crc32 } from 'node:zlib'
import type { JournalRecord } from '../core/records.js'

export type RecordKind = JournalRecord['kind']
/** The record of a kind. */
export type RecordOf<K extends RecordKind, R = JournalRecord> = R extends { readonly kind: infer Own }
  ? K extends Own
    ? R
    : never
  : never

/** Every field of a record but its kind, and what it holds: a forgotten one does not compile. */
type Fields<K extends RecordKind> = { readonly [F in Exclude<keyof RecordOf<K>, 'kind'>]: string }

interface KindSpec<K extends RecordKind> {
  /** When it is written, as one sentence without a full stop. */
  readonly when: string
  readonly fields: Fields<K>
}

const at = 'when, in epoch ms'
const attempt = {
  key: 'hash of the request: 32 hexadecimal digits',
  nth: 'which of several equal requests, from 0',
  row: 'the row in the input of that session, from 0',
  attempt: 'number of the send, from 1, over all sessions of the run',
  at,
  override: "settings sent in place of the run's own, by `retry`; long texts by their SHA-256",
} as const
const rowId = 'what the row calls itself, where a column for that is named'
const membership = {
  at,
  all: 'true when all requests before it are meant, else left out',
  keys: 'pairs of `key` and `nth`',
} as const

/**
 * The records of the journal. A line reads the same whatever order the caller's object has: number and kind first, the
 * fields in this order, the checksum last. Writer, reader and README go by this table.
 */
export const recordKinds: { readonly [K in RecordKind]: KindSpec<K> } = {
  run: {
    when: 'A session begins, before its first request',
    fields: {
      at,
      format: 'format of the journal',
      version: 'version of promptmill',
      base_url: 'where it sends',
      rows: 'rows of the input',
      faults: 'rows that no request can be made from, by code',
      override: "settings that a `retry` sends in place of the run's own, else left out",
    },
  },
  start: {
    when: 'A request is about to be sent; with the kernel before its first byte leaves',
    fields: { ...attempt, reserved_usd: 'the most it can cost, with a cap alone' },
  },
  answer: {
    when: 'A 2xx reply has come; synced before anybody reads it, so what cannot be read is here too',
    fields: {
      ...attempt,
      row_id: rowId,
      status: 'HTTP status',
      latency_ms: 'time of the call',
      request_id: "the endpoint's id of it, or null",
      simulated: 'whether it is made up',
      body: 'the reply as it came, a text',
    },
  },
  failure: {
    when: 'A send brought no answer, or one of no use. A send that was taken back before it left has the number before its own',
    fields: {
      ...attempt,
      row_id: rowId,
      final: 'whether the row has failed for good',
      code: 'as `promptmill explain` has it',
      message: 'the same in words',
      status: 'HTTP status, null without a reply',
      latency_ms: 'time of the call',
      request_id: "the endpoint's id of it, or null",
      ambiguous: 'whether it may have been billed',
      body: 'what the reply said, at most 2 kB, or null',
    },
  },
  unknown: { when: 'A send was abandoned in flight: it may have been billed', fields: attempt },
  removed: { when: 'Requests belong to no row of the run any more; their answers stay', fields: membership },
  restored: { when: 'They do again', fields: membership },
  copies: {
    when: 'Requests answer several rows (`--dedupe`); said anew by each session',
    fields: { at, requests: 'lists of `key`, `nth` and the number of rows beside its own' },
  },
  lost: {
    when: 'Records were damaged beyond reading and moved aside by `--repair`; it has the number of the first',
    fields: { at, count: 'how many' },
  },
  end: {
    when: 'A session ended in good order; one that was killed has none',
    fields: { at, reason: '`finished`, `stopped` or `interrupted`', wall_ms: 'how long it took' },
  },
}

const fieldOrder = new Map<string, readonly string[]>(
  Object.entries(recordKinds).map(([kind, { fields }]) => [kind, Object.keys(fields)]),
)

/** `,"crc":"xxxxxxxx"}` closes every line; the checksum covers all bytes before it. */
const sealBytes = 18
const sealStart = Buffer.from(',"crc":"')
const sealEnd = Buffer.from('"}')

const toHex = (checksum: number): string => checksum.toString(16).padStart(8, '0')

/**
 * One record as a line of the journal, newline included. Lone surrogates are stored as JSON escapes, so the line is
 * always valid UTF-8 and readable by any JSON tool.
 */
export const encodeRecord = (seq: number, record: JournalRecord): Buffer => {
  // A view, not a copy: this is done for every record.
  const source = record as unknown as Readonly<Record<string, unknown>>
  const line: Record<string, unknown> = { seq, kind: record.kind }
  for (const field of fieldOrder.get(record.kind) ?? []) line[field] = source[field]
  const buffer = Buffer.from(`${JSON.stringify(line).slice(0, -1)},"crc":"00000000"}\n`)
  const sealAt = buffer.length - sealBytes - 1
  buffer.write(toHex(crc32(buffer.subarray(0, sealAt))), sealAt + sealStart.length, 'latin1')
  return buffer
}

/** The checksum that a framed line carries, as eight hexadecimal digits. */
export const readChecksum = (line: Buffer): string =>
  line.toString('latin1', line.length - sealBytes + sealStart.length, line.length - sealEnd.length)

/**
 * Why the bytes of a line (without its newline) are not a record as it was written; undefined when they are.
 * Looks at the frame and the checksum alone and parses nothing.
 */
export const findLineFault = (line: Buffer): string | undefined => {
  const sealAt = line.length - sealBytes
  if (sealAt < 0) return 'the line is too short'
  const framed =
    sealStart.compare(line, sealAt, sealAt + sealStart.length) === 0 && sealEnd.compare(line, line.length - 2) === 0
  if (!framed) return 'the line does not end in a checksum'
  return readChecksum(line) === toHex(crc32(line.subarray(0, sealAt))) ? undefined : 'the checksum does not match'
}

const numberForm = /^\{"seq":(\d{1,16}),/

/** The record's number; undefined when the line does not begin with one. */
export const readSeq = (line: Buffer): number | undefined => {
  const digits = numberForm.exec(line.toString('latin1', 0, 32))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The JSON text of a record up to the byte `end` of its line, without the number before it. */
export const recordText = (line: Buffer, end = line.length - sealBytes): string =>
  `{${line.toString('utf8', line.indexOf(',') + 1, end)}}`

export type DecodedLine =
  | { readonly ok: true; readonly seq: number; readonly record: JournalRecord }
  | { readonly ok: false; readonly reason: string }

/** A known kind is enough: the checksum vouches that the fields are those that were written. */
const isRecord = (value: unknown): value is JournalRecord =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  fieldOrder.has(value.kind)

/** Reads a line (without its newline). Total: whatever the bytes are, it says what is wrong with them. */
export const decodeRecord = (line: Buffer): DecodedLine => {
  const fault = findLineFault(line)
  if (fault !== undefined) return { ok: false, reason: fault }
  const seq = readSeq(line)
  if (seq === undefined) return { ok: false, reason: 'the record has no number' }
  try {
    const record: unknown = JSON.parse(recordText(line))
    return isRecord(record) ? { ok: true, seq, record } : { ok: false, reason: 'the kind of record is not known' }
  } catch {
    return { ok: false, reason: 'the line is not valid JSON' }
  }
}
