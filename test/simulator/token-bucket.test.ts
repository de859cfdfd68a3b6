import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokenBucket } from '../../src/simulator/token-bucket.js'
import { createFakeClock } from './client.js'

const create = (perMinute: number, capacity = perMinute) => {
  const clock = createFakeClock()
  return { clock, bucket: createTokenBucket(perMinute, capacity, clock) }
}

describe('createTokenBucket', () => {
  it('starts full', () => {
    const { bucket } = create(600)
    expect([bucket.level(), bucket.has(600), bucket.has(601), bucket.msUntilFull()]).toEqual([600, true, true, 0])
  })

  it('refills continuously, up to its capacity', () => {
    const { bucket, clock } = create(600, 10)
    bucket.take(10)
    clock.advance(250)
    expect(bucket.level()).toBeCloseTo(2.5)
    clock.advance(60_000)
    expect(bucket.level()).toBe(10)
  })

  it('says when there is room, and then there is', () => {
    const { bucket, clock } = create(600)
    bucket.take(600)
    expect(bucket.has(1)).toBe(false)
    expect(bucket.msUntil(1)).toBeCloseTo(100)
    expect(bucket.msUntil(5)).toBeCloseTo(500)
    expect(bucket.msUntilFull()).toBeCloseTo(60_000)
    clock.advance(100)
    expect(bucket.has(1)).toBe(true)
  })

  it('lets an amount larger than itself out of a full bucket only, and stays in debt for it', () => {
    const { bucket, clock } = create(600, 10)
    bucket.take(1)
    expect(bucket.has(50)).toBe(false)
    clock.advance(100)
    expect(bucket.has(50)).toBe(true)
    bucket.take(50)
    expect(bucket.level()).toBe(-40)
    expect(bucket.msUntil(1)).toBeCloseTo(4100)
  })

  it('drains to nothing, not below', () => {
    const { bucket } = create(600)
    bucket.take(599.5)
    bucket.drain(1)
    expect(bucket.level()).toBe(0)
    bucket.take(3)
    bucket.drain(1)
    expect(bucket.level()).toBe(-3)
  })

  it('takes back no more than it can hold, and more when a call took more than was thought', () => {
    const { bucket } = create(600)
    bucket.take(100)
    bucket.give(40)
    expect(bucket.level()).toBe(540)
    bucket.give(-30)
    expect(bucket.level()).toBe(510)
    bucket.give(1000)
    expect(bucket.level()).toBe(600)
  })

  it('never lets through more than its capacity and what has flowed in since', () => {
    const steps = fc.array(
      fc.record({ ms: fc.integer({ min: 0, max: 5000 }), amount: fc.integer({ min: 1, max: 60 }) }),
    )
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6000 }), (calls, perMinute) => {
        const { bucket, clock } = create(perMinute, 60)
        let taken = 0
        for (const { ms, amount } of calls) {
          clock.advance(ms)
          if (!bucket.has(amount)) continue
          bucket.take(amount)
          taken += amount
        }
        expect(taken).toBeLessThanOrEqual(60 + (clock.now() * perMinute) / 60_000 + 1e-3)
      }),
    )
  })
})
