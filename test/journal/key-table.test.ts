import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyTable } from '../../src/journal/key-table.js'
import { keyOf } from './sample-records.js'

const hexKey = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 32, maxLength: 32 })
  .map(digits => digits.map(digit => digit.toString(16)).join(''))
/** Few different keys and places, so that entries meet. */
const key = fc.oneof(hexKey, fc.nat({ max: 20 }).map(keyOf))
const nth = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2 ** 31 - 1 }))
const value = fc.double({ noNaN: true })

describe('createKeyTable', () => {
  it('holds what a Map holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, nth, value), { maxLength: 400 }), entries => {
        const table = createKeyTable()
        const map = new Map<string, number>()
        for (const [key, nth, value] of entries) {
          expect(table.get(key, nth)).toBe(map.get(`${key} ${nth}`))
          table.set(key, nth, value)
          map.set(`${key} ${nth}`, value)
        }
        expect(table.size).toBe(map.size)
        for (const [key, nth] of entries) expect(table.get(key, nth)).toBe(map.get(`${key} ${nth}`))
        expect([...table.values()].sort((a, b) => a - b)).toEqual([...map.values()].sort((a, b) => a - b))
      }),
    )
  })

  it.each([
    ['different keys', (n: number) => [keyOf(n * 2_654_435_761), 0] as const],
    ['equal keys', (n: number) => [keyOf(5), n] as const],
    ['keys that differ in their last digits only', (n: number) => [keyOf(n), 0] as const],
  ])('tells 200,000 entries with %s apart', (_title, entryOf) => {
    const table = createKeyTable()
    for (let n = 0; n < 200_000; n++) table.set(...entryOf(n), n)
    expect(table.size).toBe(200_000)
    const wrong = Array.from({ length: 200_000 }, (_, n) => n).filter(n => table.get(...entryOf(n)) !== n)
    expect(wrong).toEqual([])
    expect(table.get(keyOf(5), 200_001)).toBeUndefined()
  })

  it('holds positions as large as they get', () => {
    const table = createKeyTable()
    table.set(keyOf(1), 0, 8191 * 2 ** 40 + 123)
    expect(table.get(keyOf(1), 0)).toBe(8191 * 2 ** 40 + 123)
  })
})
