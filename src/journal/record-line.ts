import { crc32 } from 'node:zlib'
import type { JournalRecord } from '../core/records.js'

export type RecordKind = JournalRecord['kind']
/** The record of a kind. */
export type RecordOf<K extends RecordKind, R = JournalRecord> = R extends { readonly kind: infer Own }
  ? K extends Own
    ? R
    : never
  : never

/** Every field of a record but its kind, each named once: a forgotten one does not compile. */
type Fields<K extends RecordKind> = { readonly [F in Exclude<keyof RecordOf<K>, 'kind'>]: true }

const attempt = { key: true, nth: true, row: true, attempt: true, at: true } as const
const membership = { at: true, all: true, keys: true } as const

/** The fields in their order on disk: whatever order the caller's object has, the line reads the same. */
const fields: { readonly [K in RecordKind]: Fields<K> } = {
  run: { at: true, format: true, version: true, base_url: true, rows: true, faults: true },
  start: { ...attempt, reserved_usd: true },
  answer: { ...attempt, row_id: true, status: true, latency_ms: true, request_id: true, simulated: true, body: true },
  failure: {
    ...attempt,
    row_id: true,
    final: true,
    code: true,
    message: true,
    status: true,
    latency_ms: true,
    request_id: true,
    ambiguous: true,
    body: true,
  },
  unknown: attempt,
  removed: membership,
  restored: membership,
  end: { at: true, reason: true, wall_ms: true },
}

const fieldOrder = new Map<string, readonly string[]>(
  Object.entries(fields).map(([kind, named]) => [kind, Object.keys(named)]),
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
