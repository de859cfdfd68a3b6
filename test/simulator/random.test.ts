import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPicker, createRandom, drawLogNormal } from '../../src/simulator/random.js'

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next)

describe('createRandom', () => {
  it('gives the same stream for the same seed, of numbers from 0 up to 1', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const stream = draw(50, createRandom(seed))
        expect(draw(50, createRandom(seed))).toEqual(stream)
        expect(stream.every(number => number >= 0 && number < 1)).toBe(true)
      }),
    )
  })

  it('spreads evenly', () => {
    const stream = draw(20_000, createRandom(7))
    const counts = draw(10, () => 0)
    for (const number of stream) counts[Math.floor(number * 10)] = (counts[Math.floor(number * 10)] ?? 0) + 1
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })
})

describe('drawLogNormal', () => {
  it('is the median itself without a spread', () => {
    expect(drawLogNormal(createRandom(1), 100, 0)).toBe(100)
  })

  it('has half of its numbers below the median', () => {
    const random = createRandom(3)
    const below = draw(10_000, () => drawLogNormal(random, 100, 0.8)).filter(number => number < 100)
    expect(Math.abs(below.length - 5000)).toBeLessThan(200)
  })
})

describe('createPicker', () => {
  it('draws from the whole list and never the same twice in a row', () => {
    const pick = createPicker(createRandom(5), ['a', 'b', 'c'])
    const drawn = Array.from({ length: 200 }, pick)
    expect(new Set(drawn)).toEqual(new Set(['a', 'b', 'c']))
    expect(drawn.filter((letter, index) => letter === drawn[index - 1])).toEqual([])
  })

  it('draws the only one of a list of one', () => {
    const pick = createPicker(createRandom(5), ['a'])
    expect([pick(), pick()]).toEqual(['a', 'a'])
  })
})
