import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonFault, locateJsonFault } from '../../src/core/json-fault.js'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('findJsonFault', () => {
  it.each([
    ['{"a": x}', 6],
    ["{'a':1}", 1],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a":1}}', 7],
    ['{"a":1]', 6],
    ['{"a":01}', 6],
    ['{"a":tru}', 5],
    ['{"a":"\t"}', 6],
    [String.raw`{"a":"\x"}`, 7],
    [String.raw`{"a":"\u12g4"}`, 10],
    ['\uFEFF{}', 0],
    ['{"a":NaN}', 5],
    ['', 0],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":"b', 7],
    ['[1,', 3],
  ])('finds where %j stops being JSON', (text, at) => {
    expect(findJsonFault(text)).toBe(at)
  })

  it('finds no fault exactly where JSON.parse finds none', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-0.5e+3',
      'true',
      'null',
      ' ',
      '"\\n"',
      '\\',
      '"',
      '-',
      '.',
      'e',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 9 }), tokens => {
        const text = tokens.join('')
        expect(findJsonFault(text) === undefined).toBe(parses(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('finds no fault in JSON, and the end of the text in every object cut short', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (record, seed) => {
        const text = JSON.stringify(record)
        const cut = text.slice(0, seed % text.length)
        expect(findJsonFault(text)).toBeUndefined()
        expect(findJsonFault(cut)).toBeLessThanOrEqual(cut.length)
        expect(parses(cut)).toBe(false)
      }),
    )
  })

  it('follows a hundred thousand brackets', () => {
    expect(findJsonFault('['.repeat(100_000))).toBe(100_000)
  })
})

describe('locateJsonFault', () => {
  it.each([
    ['{"a":\n  x}', { line: 2, column: 3, endsEarly: false }],
    ['{"a":\r\n1,\r}', { line: 3, column: 1, endsEarly: false }],
    ['{"a": 1\n\n', { line: 1, column: 8, endsEarly: true }],
    ['', { line: 1, column: 1, endsEarly: true }],
    ['{"a": 1}\n', undefined],
  ])('tells the line and column of %j', (text, place) => {
    expect(locateJsonFault(text)).toEqual(place)
  })
})
