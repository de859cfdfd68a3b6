import { describe, expect, it } from 'vitest'
import { readJsonText } from '../../src/input/json-text.js'

const readSpan = (bytes: Buffer, cut: boolean) =>
  readJsonText(
    { bytes, from: 0, to: bytes.length, cut, proper: false },
    { index: 4, line: 7, unit: 'line', maxBytes: 2 ** 20 },
  )

const read = (bytes: string | Uint8Array, cut = false) => readSpan(Buffer.from(bytes), cut)

describe('readJsonText', () => {
  it.each([
    ['an object', '{"a":1}', '{"a":1}'],
    ['an object amid white space', ' {"a" : 1}\t\r', '{"a" : 1}'],
    ['an object after a byte order mark', '\uFEFF{"a":1}', '{"a":1}'],
    ['a number too large for a double as it was written', '{"a":12345678901234567890}', '{"a":12345678901234567890}'],
    ['U+2028 and U+2029 in a string', '{"a":"\u2028\u2029"}', '{"a":"\u2028\u2029"}'],
    ['an escaped lone surrogate', String.raw`{"a":"\ud800"}`, String.raw`{"a":"\ud800"}`],
    ['an escaped NUL', String.raw`{"a":"\u0000"}`, String.raw`{"a":"\u0000"}`],
    ['keys named like members of Object', '{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
    ['an object with duplicate keys further down', '{"a":{"b":1,"b":2}}', '{"a":{"b":1,"b":2}}'],
    ['a thousand levels', `{"a":${'['.repeat(999)}${']'.repeat(999)}}`, `{"a":${'['.repeat(999)}${']'.repeat(999)}}`],
  ])('reads %s', (_title, line, text) => {
    const row = read(line)
    expect(row).toEqual({ form: 'json', index: 4, line: 7, text, record: JSON.parse(text) })
  })

  it.each(['', '   ', '\r', '\uFEFF', '\u00a0'])('takes the blank line %j for no row', line => {
    expect(read(line)).toBeUndefined()
  })

  it.each([
    ['an array', '[1]', 'the line holds an array, not an object'],
    ['a string', '"secret"', 'the line holds a string, not an object'],
    ['a number', '42', 'the line holds a number, not an object'],
    ['null', 'null', 'the line holds null, not an object'],
    ['true', 'true', 'the line holds true or false, not an object'],
    ['a line cut short', '{"a":"secret', 'the line is not valid JSON: it ends too early'],
    ['a line cut short, with CR', '{"a":1,\r', 'the line is not valid JSON: it ends too early'],
    ['a wrong character', ' {"a": secret}', 'the line is not valid JSON: character 8 cannot stand there'],
    ['a raw NUL', '{"a":"\0"}', 'the line is not valid JSON: character 7 cannot stand there'],
    ['a duplicate key', '{"a":1,"b":2,"a":3}', 'the key "a" is in the line more than once'],
    [
      'brackets beyond measure',
      `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
      'the line nests 100001 levels deep, the limit is 1000',
    ],
    ['open brackets beyond measure', '['.repeat(1e5), 'the line is not valid JSON: it ends too early'],
  ])('I5: keeps %s as a row that cannot be read', (_title, line, message) => {
    expect(read(line)).toMatchObject({ form: 'unreadable', index: 4, line: 7, fault: { code: 'invalid_row', message } })
  })

  it('says that bytes are not UTF-8 and shows the rest of the line', () => {
    const row = read(Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff), Buffer.from('"}')]))
    expect(row).toMatchObject({ form: 'unreadable', text: '{"a":"\uFFFD"}' })
    expect(row?.form === 'unreadable' && row.fault.message).toMatch(/not valid UTF-8.*--encoding/)
  })

  it('says the limit of a line that was cut', () => {
    expect(read('{"a":"bbb', true)).toMatchObject({
      form: 'unreadable',
      text: '{"a":"bbb',
      fault: { code: 'invalid_row', message: 'the line is longer than 1 MiB, the limit' },
    })
  })

  it('keeps at most 2 kB of a line that cannot be read, in whole characters', () => {
    const row = read(`["${'你'.repeat(5000)}`)
    expect(row?.form).toBe('unreadable')
    expect(row?.form === 'unreadable' && row.text).toMatch(/^\["你+$/)
    expect(Buffer.byteLength(row?.form === 'unreadable' ? row.text : '')).toBeLessThanOrEqual(2048)
  })
})
