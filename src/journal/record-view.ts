import type { JournalRecord, RowRecord } from '../core/records.js'
import { decodeRecord, type RecordKind, type RecordOf, recordText } from './record-line.js'

/** A record's fields without the reply's body. */
export type RecordFacts<R extends RowRecord> = Omit<R, 'body'>

interface LazyRecord<R extends JournalRecord> {
  readonly kind: R['kind']
  readonly seq: number
  /** The whole record, parsed anew at each call. */
  record(): R
}

/** A record of one request. What names it is read at once, everything else when it is asked for. */
interface LazyRowRecord<R extends RowRecord> extends LazyRecord<R> {
  readonly key: string
  readonly nth: number
  readonly row: number
  readonly attempt: number
  readonly at: number
  /** All fields but the body, which is most of a record and is not parsed for this. */
  facts(): RecordFacts<R>
  /** Whether it may have a field: cheaper than `facts` where that is rare. */
  mayHave(field: string): boolean
}

type ViewOf<K extends RecordKind> = RecordOf<K> extends RowRecord ? LazyRowRecord<RecordOf<K>> : LazyRecord<RecordOf<K>>

/** What a scan shows of a record. Good during the visit only: the bytes behind it are used again. */
export type RecordView = { readonly [K in RecordKind]: ViewOf<K> }[RecordKind]

const rowForm = new RegExp(
  '^\\{"seq":\\d{1,16},"kind":"(start|answer|failure|unknown)","key":"([\\da-f]{32})",' +
    '"nth":(\\d{1,16}),"row":(\\d{1,16}),"attempt":(\\d{1,16}),"at":(\\d{1,16}),',
)
/** More than `rowForm` can match. */
const headBytes = 224
const bodyStart = ',"body":'

const isRowKind = (kind: string | undefined): kind is RowRecord['kind'] =>
  kind === 'start' || kind === 'answer' || kind === 'failure' || kind === 'unknown'

const parseFacts = (line: Buffer) => {
  const bodyAt = line.indexOf(bodyStart)
  return JSON.parse(recordText(line, bodyAt === -1 ? undefined : bodyAt))
}

/** For the lines that `rowForm` does not know: everything is parsed at once. */
const readWholeView = (line: Buffer, seq: number): RecordView | undefined => {
  if (!decodeRecord(line).ok) return undefined
  const record = JSON.parse(recordText(line))
  return { ...record, seq, record: () => record, facts: () => record, mayHave: () => true }
}

/**
 * The view of a line (without its newline) whose frame and checksum are right. Undefined when this version does not
 * know such a record.
 */
export const readView = (line: Buffer, seq: number): RecordView | undefined => {
  const [, kind, key = '', nth, row, attempt, at] = rowForm.exec(line.toString('latin1', 0, headBytes)) ?? []
  if (!isRowKind(kind)) return readWholeView(line, seq)
  return {
    kind,
    seq,
    key,
    nth: Number(nth),
    row: Number(row),
    attempt: Number(attempt),
    at: Number(at),
    record: () => JSON.parse(recordText(line)),
    facts: () => parseFacts(line),
    mayHave: field => line.includes(`,"${field}":`),
  }
}
