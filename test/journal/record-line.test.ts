import { crc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalRecord } from '../../src/core/records.js'
import { decodeRecord, encodeRecord } from '../../src/journal/record-line.js'
import { answerOf, everyKind, failureOf, keyOf, startOf } from './sample-records.js'

const withoutNewline = (line: Buffer): Buffer => line.subarray(0, -1)

/** Any string of UTF-16 units, lone surrogates included, and the ones that break formats. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map(units => String.fromCharCode(...units)),
  fc.constantFrom('\ud800', '\udc00x', '\n', '\r\n', '\0', '\u2028', ',"crc":"00000000"}', ',"body":', '"', '\\', '🙂'),
)
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const place = { nth: whole, row: whole, attempt: whole, at: whole, key: fc.oneof(hostile, whole.map(keyOf)) }

const anyRecord: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({ kind: fc.constant('start' as const), ...place }),
  fc.record({ kind: fc.constant('unknown' as const), ...place }),
  fc.record({
    kind: fc.constant('answer' as const),
    ...place,
    status: whole,
    latency_ms: fc.double({ min: 0, max: 1e9, noNaN: true }),
    request_id: fc.option(hostile),
    simulated: fc.boolean(),
    body: hostile,
  }),
  fc.record({
    kind: fc.constant('failure' as const),
    ...place,
    final: fc.boolean(),
    code: hostile,
    message: hostile,
    status: fc.option(whole),
    latency_ms: whole,
    request_id: fc.option(hostile),
    ambiguous: fc.boolean(),
    body: fc.option(hostile),
  }),
  fc.record({
    kind: fc.constantFrom('removed' as const, 'restored' as const),
    at: whole,
    keys: fc.array(fc.tuple(hostile, whole)),
  }),
)

describe('encodeRecord', () => {
  it('writes number and kind first, the fields in their published order, and the checksum last', () => {
    expect(encodeRecord(7, startOf(1)).toString()).toBe(
      '{"seq":7,"kind":"start","key":"00000000000000000000000000000001","nth":0,"row":1,"attempt":1,"at":1790000000001,"crc":"8878dc1d"}\n',
    )
    expect(Object.keys(JSON.parse(encodeRecord(8, answerOf(1)).toString()))).toEqual(
      'seq kind key nth row attempt at status latency_ms request_id simulated body crc'.split(' '),
    )
    expect(Object.keys(JSON.parse(encodeRecord(9, failureOf(1)).toString()))).toEqual(
      'seq kind key nth row attempt at final code message status latency_ms request_id ambiguous body crc'.split(' '),
    )
  })

  it('writes the same line whatever the order of the fields it is given', () => {
    const record = answerOf(1)
    const turned = Object.fromEntries(Object.entries(record).toReversed())
    expect(encodeRecord(1, { ...turned, ...record })).toEqual(encodeRecord(1, record))
  })

  it('writes one line of valid UTF-8, lone surrogates as escapes', () => {
    fc.assert(
      fc.property(anyRecord, record => {
        const line = encodeRecord(1, record)
        const text = new TextDecoder('utf-8', { fatal: true }).decode(line)
        return text.indexOf('\n') === text.length - 1
      }),
    )
  })
})

const sealed = (text: string): string => `${text},"crc":"${crc32(text).toString(16).padStart(8, '0')}"}`

describe('decodeRecord', () => {
  it('reads back every record as it was written', () => {
    fc.assert(
      fc.property(fc.nat(), anyRecord, (seq, record) => {
        expect(decodeRecord(withoutNewline(encodeRecord(seq, record)))).toEqual({ ok: true, seq, record })
      }),
    )
  })

  it.each(everyKind.map(record => [record.kind, record] as const))(
    'reads back a record of kind %s',
    (_kind, record) => {
      expect(decodeRecord(withoutNewline(encodeRecord(3, record)))).toEqual({ ok: true, seq: 3, record })
    },
  )

  it('notices any one changed bit', () => {
    const line = withoutNewline(encodeRecord(1, answerOf(1)))
    for (let bit = 0; bit < line.length * 8; bit++) {
      const damaged = Buffer.from(line)
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(decodeRecord(damaged).ok).toBe(false)
    }
  })

  it.each([
    ['nothing', '', 'the line is too short'],
    ['a line without a checksum', '{"seq":1,"kind":"start","key":"0"}', 'the line does not end in a checksum'],
    ['a wrong checksum', '{"seq":1,"kind":"end","crc":"00000000"}', 'the checksum does not match'],
    ['no number', sealed('{"kind":"end"'), 'the record has no number'],
    ['an unknown kind', sealed('{"seq":1,"kind":"wish"'), 'the kind of record is not known'],
    ['broken JSON', sealed('{"seq":1,"kind:'), 'the line is not valid JSON'],
  ])('says what is wrong with %s', (_title, text, reason) => {
    expect(decodeRecord(Buffer.from(text))).toEqual({ ok: false, reason })
  })
})
