import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipText, widthAtLeast, widthAtMost } from '../../src/cli/wide-text.js'

const plainText = fc.string({
  unit: fc.constantFrom('a', ' ', '7', '中', 'か', '한', '≈', '…', '\u00E9', 'e\u0301', '👩‍🚀', '｡'),
})

describe('widthAtLeast and widthAtMost', () => {
  it.each([
    ['letters', 'abc', 3, 3],
    ['Chinese', '翻译', 4, 4],
    ['a letter with a combining mark', 'e\u0301', 1, 1],
    ['a joined emoji', '👩‍🚀', 2, 2],
    ['a character of ambiguous width', '≈', 1, 2],
    ['a coloured text', '\x1b[31mred\x1b[39m', 3, 3],
    ['nothing', '', 0, 0],
  ])('measure %s', (_title, text, least, most) => {
    expect([widthAtLeast(text), widthAtMost(text)]).toEqual([least, most])
  })
})

describe('clipText', () => {
  it.each([
    ['leaves a text that fits', 'rows', 4, 'rows'],
    ['marks what it cuts', 'in flight', 6, 'in f…'],
    ['never cuts a wide character in half', '翻译文件', 7, '翻译…'],
    ['keeps joined characters together', 'ab👩‍🚀cd', 5, 'ab…'],
    ['drops the mark where it has no room', 'abc', 1, 'a'],
    ['leaves nothing in no room', 'abc', 0, ''],
  ])('%s', (_title, text, columns, clipped) => {
    expect(clipText(text, columns)).toBe(clipped)
  })

  it('never takes more columns than it is given, and keeps a beginning of the text', () => {
    fc.assert(
      fc.property(plainText, fc.nat(30), (text, columns) => {
        const clipped = clipText(text, columns)
        expect(widthAtMost(clipped)).toBeLessThanOrEqual(columns)
        expect(clipped === text || text.startsWith(clipped.replace(/…$/, ''))).toBe(true)
      }),
    )
  })
})
