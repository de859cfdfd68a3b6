import { describe, expect, it } from 'vitest'
import { createRateLimits, formatDuration } from '../../src/simulator/rate-limits.js'
import { createFakeClock } from './client.js'

const create = (limits: { rpm?: number; tpm?: number; burstSeconds?: number }) => {
  const clock = createFakeClock()
  return { clock, limits: createRateLimits({ rpm: undefined, tpm: undefined, burstSeconds: 60, ...limits }, clock) }
}

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [0.2, '1ms'],
    [12, '12ms'],
    [999.5, '1s'],
    [1000, '1s'],
    [8640, '8.64s'],
    [59_999.9, '1m0s'],
    [90_500, '1m30.5s'],
    [360_000, '6m0s'],
    [3_600_000, '1h0m0s'],
    [90_061_001, '25h1m1.001s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('createRateLimits', () => {
  it('lets everything in and announces nothing without limits', () => {
    const { limits } = create({})
    expect([limits.admit('gpt-4o', 1e9), limits.headers()]).toEqual([undefined, {}])
  })

  it('announces limit, remainder and the time to a full bucket', () => {
    const { limits } = create({ rpm: 60, tpm: 60_000 })
    limits.admit('gpt-4o', 6000)
    expect(limits.headers()).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '60000',
      'x-ratelimit-remaining-tokens': '54000',
      'x-ratelimit-reset-tokens': '6s',
    })
  })

  it('refuses a request too many with the wait until the next one', () => {
    const { limits, clock } = create({ rpm: 3 })
    for (let call = 0; call < 3; call++) expect(limits.admit('gpt-4o', 10)).toBeUndefined()
    const refusal = limits.admit('gpt-4o', 10)
    expect(refusal?.headers).toEqual({ 'retry-after': '20', 'retry-after-ms': '20000' })
    expect(refusal?.error).toEqual({
      status: 429,
      message:
        'Rate limit reached for gpt-4o in organization org-sim on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    })
    clock.advance(20_000)
    expect(limits.admit('gpt-4o', 10)).toBeUndefined()
  })

  it('counts refused calls as requests: who resends without waiting gets nothing through', () => {
    const { limits, clock } = create({ rpm: 60, burstSeconds: 1 })
    expect(limits.admit('m', 1)).toBeUndefined()
    for (let call = 0; call < 100; call++) {
      clock.advance(900)
      expect(limits.admit('m', 1)).toBeDefined()
    }
    clock.advance(1000)
    expect(limits.admit('m', 1)).toBeUndefined()
  })

  it('counts a call refused for its tokens as a request', () => {
    const { limits } = create({ rpm: 10, tpm: 100 })
    limits.admit('m', 100)
    expect(limits.admit('m', 50)?.error.type).toBe('tokens')
    expect(limits.headers()['x-ratelimit-remaining-requests']).toBe('8')
  })

  it('refuses tokens too many in the words of the API', () => {
    const { limits } = create({ tpm: 60_000 })
    limits.admit('gpt-4o', 54_134)
    const refusal = limits.admit('gpt-4o', 6465)
    expect(refusal?.error.message).toBe(
      'Rate limit reached for gpt-4o in organization org-sim on tokens per min (TPM): Limit 60000, Used 54134, Requested 6465. Please try again in 599ms.',
    )
    expect(refusal?.headers).toEqual({ 'retry-after': '1', 'retry-after-ms': '599' })
    expect(refusal?.error.type).toBe('tokens')
  })

  it('refuses a call larger than the whole limit without a wait, since none would help', () => {
    const { limits } = create({ tpm: 1000 })
    const refusal = limits.admit('gpt-4o', 1001)
    expect(refusal?.error.message).toContain('Request too large for gpt-4o')
    expect(refusal?.error.message).toContain('Limit 1000, Requested 1001')
    expect(refusal?.headers).toEqual({})
    expect(limits.admit('gpt-4o', 1000)).toBeUndefined()
  })

  it('corrects the claim of a call to what it took', () => {
    const { limits } = create({ tpm: 1000 })
    limits.admit('m', 600)
    limits.settle(600, 100)
    expect(limits.headers()['x-ratelimit-remaining-tokens']).toBe('900')
    limits.settle(0, 950)
    expect(limits.headers()['x-ratelimit-remaining-tokens']).toBe('0')
  })

  it('allows no more at once than the burst, while it lets through the whole limit over time', () => {
    const { limits, clock } = create({ rpm: 600, burstSeconds: 1 })
    let admitted = 0
    for (let tick = 0; tick < 600; tick++) {
      while (limits.admit('m', 1) === undefined) admitted += 1
      clock.advance(100)
    }
    expect(admitted).toBe(10 + 599)
  })
})
