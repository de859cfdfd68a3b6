import { describe, expect, it } from 'vitest'
import { tameCell } from '../../src/output/spreadsheet.js'

describe('a cell for a spreadsheet', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1+1', '＋1', '－1', '＠x'])(
    'C10: is text with an apostrophe before it where it would be run: %j',
    text => {
      expect(tameCell(text)).toBe(`'${text}`)
    },
  )

  it.each(['', 'plain', "'quoted", ' =1', 'a=b', '{"a":1}', '中文'])('stays as it is: %j', text => {
    expect(tameCell(text)).toBe(text)
  })
})
