import { describe, expect, it } from 'vitest'
import { countOf, showCount, showNumber } from '../../src/core/count-words.js'

describe('numbers for people', () => {
  it('have thousands marks', () => {
    expect(showCount(1_234_567)).toBe('1,234,567')
    expect(showNumber(86_400)).toBe('86,400')
  })

  it('have every decimal, and no exponent', () => {
    expect(showNumber(1e-9)).toBe('0.000000001')
    expect(showNumber(0.5)).toBe('0.5')
  })

  it.each([
    [0, '0 rows'],
    [1, '1 row'],
    [2, '2 rows'],
    [1204, '1,204 rows'],
  ])('count things: %i', (count, words) => {
    expect(countOf(count, 'row')).toBe(words)
  })
})
