import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countNewlines, createLineCounter } from '../../src/input/newlines.js'

describe('countNewlines', () => {
  it.each([
    ['nothing', '', 0, 0],
    ['LF', 'a\nb\n', 2, 2],
    ['CRLF as one', 'a\r\nb\r\n', 2, 2],
    ['a lone CR only where it ends lines', 'a\rb', 0, 1],
    ['CR before CRLF', '\r\r\n', 1, 2],
    ['LF before CR', '\n\r', 1, 2],
    ['no Unicode line separators', '\u2028\u2029\u0085', 0, 0],
  ])('counts %s', (_title, text, lf, any) => {
    expect([countNewlines(text, 'lf'), countNewlines(text, 'any')]).toEqual([lf, any])
  })
})

describe('createLineCounter', () => {
  it('counts the same wherever the text is cut', () => {
    const piece = fc.string({ unit: fc.constantFrom('\r', '\n', 'a'), maxLength: 4 })
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom('lf', 'any'), (pieces, newline) => {
        const counter = createLineCounter(newline)
        for (const text of pieces) counter.add(text)
        expect(counter.count).toBe(countNewlines(pieces.join(''), newline))
      }),
    )
  })
})
