import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { showPlain, showText } from '../../src/cli/plain-text.js'

describe('showText', () => {
  it('C9: keeps lines and tabs and makes every other control character visible', () => {
    expect(showText('a\tb\r\n\x1b]0;title\x07\u009b2J\u202e!')).toBe('a\tb␍\n␛]0;title␇�2J�!')
  })

  it('leaves what is neither alone, however long', () => {
    const text = `评论 😀 \u200d ${'x'.repeat(5000)}\n`
    expect(showText(text)).toBe(text)
  })
})

describe('showPlain', () => {
  it.each([
    ['leaves a plain text alone', 'Rate limit reached, 评论 😀', 'Rate limit reached, 评论 😀'],
    ['makes an escape sequence visible', '\x1b[31mred\x07', '␛[31mred␇'],
    ['turns line breaks into blanks', 'one \n\n two\r\nthree', 'one two three'],
    ['takes the power from marks that turn the direction of writing', 'a\u202eb', 'a�b'],
    ['cuts what is very long', 'x'.repeat(500), `${'x'.repeat(400)}…`],
  ])('%s', (_title, text, shown) => {
    expect(showPlain(text)).toBe(shown)
  })

  it('leaves nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(showPlain(text)).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})
