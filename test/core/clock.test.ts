import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sleep, systemClock } from '../../src/core/clock.js'

const longestTimerMs = 2 ** 31 - 1

describe('systemClock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('calls once, when the time has come and not before', () => {
    let calls = 0
    systemClock.after(1000, () => {
      calls += 1
    })
    vi.advanceTimersByTime(999)
    expect(calls).toBe(0)
    vi.advanceTimersByTime(5000)
    expect(calls).toBe(1)
  })

  it('waits longer than one timer can: 30 days do not end after a millisecond', () => {
    let calls = 0
    systemClock.after(30 * 86_400_000, () => {
      calls += 1
    })
    vi.advanceTimersByTime(longestTimerMs + 1)
    expect(calls).toBe(0)
    vi.advanceTimersByTime(30 * 86_400_000 - longestTimerMs - 1)
    expect(calls).toBe(1)
  })

  it('cancels, also in a later slice of a long wait', () => {
    let calls = 0
    const cancel = systemClock.after(longestTimerMs * 2, () => {
      calls += 1
    })
    vi.advanceTimersByTime(longestTimerMs + 1)
    cancel()
    vi.advanceTimersByTime(longestTimerMs * 2)
    expect(calls).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes a negative wait as none', () => {
    let calls = 0
    systemClock.after(-5, () => {
      calls += 1
    })
    vi.advanceTimersByTime(1)
    expect(calls).toBe(1)
  })

  it('sleeps on the clock', async () => {
    let awake = false
    const slept = sleep(systemClock, 1000).then(() => {
      awake = true
      return undefined
    })
    await vi.advanceTimersByTimeAsync(999)
    expect(awake).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await slept
    expect(awake).toBe(true)
  })
})
