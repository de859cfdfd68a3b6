import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAskCounter } from '../../src/simulator/ask-counter.js'

const key = (high: number, low: number): string => [high, low].map(half => half.toString(16).padStart(8, '0')).join('')

describe('createAskCounter', () => {
  it('counts as a map would, through growth and colliding keys', () => {
    const half = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
    const keys = fc.array(
      fc.tuple(half, half).map(([high, low]) => key(high, low)),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(keys, asked => {
        const count = createAskCounter()
        const map = new Map<string, number>()
        for (const one of asked) {
          expect(count(one)).toBe(map.get(one) ?? 0)
          map.set(one, (map.get(one) ?? 0) + 1)
        }
      }),
    )
  })

  it('keeps every count while it grows', () => {
    const count = createAskCounter()
    const keys = Array.from({ length: 5000 }, (_, index) => key(index, Math.imul(index, 2_654_435_761) >>> 0))
    for (const one of keys) expect(count(one)).toBe(0)
    for (const one of keys) expect(count(one)).toBe(1)
  })
})
