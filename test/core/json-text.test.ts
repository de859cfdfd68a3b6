import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compactJson, findDuplicateKey, findRepeatedKey, measureObject, memberTexts } from '../../src/core/json-text.js'

const entries = (text: string): (readonly [string, string])[] => [...memberTexts(text)]

describe('memberTexts', () => {
  it.each([
    ['an empty object', '{}', []],
    ['an empty object with space', ' { } ', []],
    ['a number too large for a double', '{"id":12345678901234567890}', [['id', '12345678901234567890']]],
    ['a number with its zeros and exponent', '{"n": 1.500E+02 }', [['n', '1.500E+02']]],
    ['escapes as they were written', String.raw`{"a":"\u00e9\/\"}"}`, [['a', String.raw`"\u00e9\/\"}"`]]],
    [
      'strings that end in backslashes',
      String.raw`{"a":"\\","b":"\\\\\""}`,
      [
        ['a', String.raw`"\\"`],
        ['b', String.raw`"\\\\\""`],
      ],
    ],
    [
      'nested values whole',
      '{"a":{"b":[1, {"c":","}]} ,"d":[]}',
      [
        ['a', '{"b":[1, {"c":","}]}'],
        ['d', '[]'],
      ],
    ],
    ['keys unescaped', String.raw`{"\u0061\"":1}`, [['a"', '1']]],
    [
      'structure inside strings left alone',
      '{"a{:,":"},{","b":null}',
      [
        ['a{:,', '"},{"'],
        ['b', 'null'],
      ],
    ],
    [
      'the last of duplicate keys',
      '{"a":1,"b":2,"a":3}',
      [
        ['a', '3'],
        ['b', '2'],
      ],
    ],
    [
      'a key named __proto__',
      '{"__proto__":1,"constructor":2}',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
  ] as const)('gives %s', (_title, text, expected) => {
    JSON.parse(text)
    expect(entries(text)).toEqual(expected)
  })

  it('agrees with JSON.parse on every object, however it is spaced', () => {
    const layout = fc.constantFrom(undefined, 1, '\t')
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), layout, (record, indent) => {
        const text = JSON.stringify(record, undefined, indent)
        const parsed: object = JSON.parse(text)
        const expected = Object.entries(parsed)
        const members = memberTexts(text)
        expect(members.size).toBe(expected.length)
        for (const [key, value] of expected) expect(JSON.parse(members.get(key) ?? '')).toEqual(value)
        expect(measureObject(text).members).toBe(expected.length)
        expect(findDuplicateKey(text)).toBeUndefined()
      }),
    )
  })
})

describe('findDuplicateKey', () => {
  it.each([
    ['none', '{"a":1,"b":{"a":2}}', undefined],
    ['a plain duplicate', '{"a":1,"b":2,"a":3,"b":4}', 'a'],
    ['one that is escaped differently', String.raw`{"a":1,"\u0061":2}`, 'a'],
    ['the empty key', '{"":1,"":2}', ''],
  ])('finds %s', (_title, text, expected) => {
    expect(findDuplicateKey(text)).toBe(expected)
  })
})

describe('measureObject', () => {
  it.each([
    ['{}', 0, 1],
    ['{"a":1,"a":2}', 2, 1],
    ['{"a":[[{}]],"b":"[[[["}', 2, 4],
  ])('measures %s', (text, members, depth) => {
    expect(measureObject(text)).toEqual({ members, depth })
  })

  it('measures a hundred thousand brackets without recursion', () => {
    const text = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(measureObject(text)).toEqual({ members: 1, depth: 100_001 })
    expect(memberTexts(text).get('a')).toHaveLength(200_000)
  })
})

describe('compactJson', () => {
  it.each([
    ['{ "a" : 1 }', '{"a":1}'],
    ['[\n  1.0,\r\n\t20000000000000000000 ]', '[1.0,20000000000000000000]'],
    ['{"a b": " c \\" d ", "e": "\\\\" }', '{"a b":" c \\" d ","e":"\\\\"}'],
    [' "x" ', '"x"'],
    ['null', 'null'],
  ])('takes the white space between the parts of %j, and that alone', (text, compact) => {
    expect(compactJson(text)).toBe(compact)
  })

  it('is what JSON.stringify makes of any value', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        const value: unknown = JSON.parse(text)
        expect(compactJson(JSON.stringify(value, null, 2))).toBe(JSON.stringify(value))
      }),
    )
  })
})

describe('findRepeatedKey', () => {
  it.each<[string, string, { key: string; at: number } | undefined]>([
    ['none in an empty object', '{}', undefined],
    [
      'none where objects beside each other have the same keys',
      '{"a":{"x":1},"b":{"x":1},"x":[{"x":1},{"x":2}]}',
      undefined,
    ],
    ['none in values that are texts like a key', '{"a":"a","b":["a","a","b"]}', undefined],
    ['one of the outermost object', '{"a":1,"b":{},"a":3}', { key: 'a', at: 14 }],
    ['one deep within', '{"a":[0,{"b":[1], "c":2,"b":3}]}', { key: 'b', at: 24 }],
    ['one that is escaped', String.raw`{"a\"":1,"\u0061\"":2}`.replaceAll('\\\\', '\\'), { key: 'a"', at: 9 }],
    ['one after nested objects', '{"a":{"b":{"a":1}},"b":2,"a":3}', { key: 'a', at: 25 }],
  ])('finds %s', (_title, text, expected) => {
    JSON.parse(text)
    expect(findRepeatedKey(text)).toEqual(expected)
  })
})
