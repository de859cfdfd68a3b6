import type { AnswerRecord, FailureRecord, JournalRecord, RunRecord, StartRecord } from '../../src/core/records.js'

/** A key of the right form, told apart by a number. */
export const keyOf = (n: number): string => n.toString(16).padStart(32, '0')

export const runRecord: RunRecord = {
  kind: 'run',
  at: 1_790_000_000_000,
  format: 1,
  version: '0.1.0',
  base_url: 'https://api.example.com/v1',
  rows: 3,
  faults: {},
}

export const startOf = (n: number): StartRecord => ({
  kind: 'start',
  key: keyOf(n),
  nth: 0,
  row: n,
  attempt: 1,
  at: 1_790_000_000_000 + n,
})

export const answerOf = (n: number, body = `{"answer":${n}}`): AnswerRecord => ({
  ...startOf(n),
  kind: 'answer',
  status: 200,
  latency_ms: 12.5,
  request_id: `req_${n}`,
  simulated: false,
  body,
})

export const failureOf = (n: number): FailureRecord => ({
  ...startOf(n),
  kind: 'failure',
  final: true,
  code: 'bad_request',
  message: 'The endpoint refuses, "body": it says',
  status: 400,
  latency_ms: 3,
  request_id: null,
  ambiguous: false,
  body: '{"error":{}}',
})

/** One record of every kind. */
export const everyKind: readonly JournalRecord[] = [
  { ...runRecord, faults: { empty_prompt: 2 } },
  startOf(1),
  answerOf(1, 'é 漢字 🙂 \u2028 \ud800 "quoted", \\ and\nlines'),
  failureOf(2),
  { ...startOf(3), kind: 'unknown' },
  { kind: 'removed', at: 1_790_000_000_009, keys: [[keyOf(1), 0]] },
  {
    kind: 'restored',
    at: 1_790_000_000_010,
    keys: [
      [keyOf(1), 0],
      [keyOf(2), 1],
    ],
  },
  { kind: 'lost', at: 1_790_000_000_010, count: 1 },
  { kind: 'end', at: 1_790_000_000_011, reason: 'finished', wall_ms: 1234 },
]
