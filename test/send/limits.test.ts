import { array, assert, asyncProperty, integer, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBreaker } from '../../src/send/breaker.js'
import { createBucket } from '../../src/send/bucket.js'
import { createConcurrency } from '../../src/send/concurrency.js'
import { createGate } from '../../src/send/gate.js'
import { createLimiter } from '../../src/send/limiter.js'
import { createPacer } from '../../src/send/pacer.js'
import { createPurse } from '../../src/send/purse.js'
import { createTokenCost } from '../../src/send/token-cost.js'
import { createVirtualClock } from './virtual-clock.js'

const createTime = () => {
  let now = 0
  return {
    now: () => now,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const report = (limit: number, remaining: number) => ({ limit, remaining, refillPerMs: limit / 60_000 })

describe('createBucket', () => {
  it('holds nothing back while no limit is known', () => {
    const bucket = createBucket(undefined, () => 0)
    bucket.take(1e9)
    expect(bucket.delayMs(1e9)).toBe(0)
  })

  it('spreads sends evenly', () => {
    const { now, pass } = createTime()
    const bucket = createBucket(60, now)
    bucket.take(1)
    expect(bucket.delayMs(1)).toBe(1000)
    pass(400)
    expect(bucket.delayMs(1)).toBe(600)
  })

  it('saves up no more than a quarter of a second', () => {
    const { now, pass } = createTime()
    const bucket = createBucket(6000, now)
    pass(60_000)
    for (let sent = 0; sent < 25; sent++) {
      expect(bucket.delayMs(1)).toBe(0)
      bucket.take(1)
    }
    expect(bucket.delayMs(1)).toBeCloseTo(10)
  })

  it('P7: a clock that steps back refills nothing and breaks nothing', () => {
    const { now, pass } = createTime()
    const bucket = createBucket(60, now)
    bucket.take(1)
    pass(-3_600_000)
    expect(bucket.delayMs(1)).toBe(1000)
  })

  it('I13: lets a draw larger than itself through when it is full, and pays it back', () => {
    const bucket = createBucket(60_000, () => 0)
    expect(bucket.delayMs(100_000)).toBe(0)
    bucket.take(100_000)
    expect(bucket.delayMs(1)).toBeCloseTo(99_751)
  })

  it('gives back what a draw did not use', () => {
    const bucket = createBucket(60_000, () => 0)
    const draw = bucket.take(1000)
    bucket.correct(draw, 0)
    expect(bucket.delayMs(250)).toBe(0)
  })

  it('is corrected downward by what the endpoint says remains', () => {
    const bucket = createBucket(undefined, () => 0)
    bucket.learn(bucket.take(1), report(60, 0))
    expect(bucket.delayMs(1)).toBe(1000)
  })

  it('counts what was sent after the send that the report is about, and what flowed in since', () => {
    const { now, pass } = createTime()
    const bucket = createBucket(undefined, now)
    const draw = bucket.take(1)
    for (let sent = 0; sent < 10; sent++) bucket.take(1)
    pass(2000)
    bucket.learn(draw, report(60, 8))
    // 8 remained, 2 flowed in, 10 went out: nothing is left.
    expect(bucket.delayMs(1)).toBe(1000)
  })
})

describe('createLimiter', () => {
  it('says what holds a send back', () => {
    const limiter = createLimiter({ rpm: 60, tpm: 60_000 }, () => 0)
    expect(limiter.hold(10)).toBeUndefined()
    limiter.take(10)
    expect(limiter.hold(10)).toMatchObject({ reason: 'requests_per_minute', waitMs: 1000 })
    limiter.take(20_000)
    expect(limiter.hold(10)).toMatchObject({ reason: 'tokens_per_minute' })
  })

  it('knows the tighter of two token limits', () => {
    const limiter = createLimiter({ rpm: undefined, tpm: undefined }, () => 0)
    const reports = { requests: undefined, tokens: report(1000, 1000), projectTokens: report(500, 500) }
    limiter.learn(limiter.take(0), reports)
    expect(limiter.tokenLimit).toBe(500)
  })
})

describe('createGate', () => {
  it('lets one through behind a closing, and its end decides for all', () => {
    const { now, pass } = createTime()
    const gate = createGate(now)
    gate.close('rate_limited', 1000)
    expect(gate.hold()).toEqual({ reason: 'rate_limited', waitMs: 1000 })
    pass(1000)
    expect(gate.hold()).toBeUndefined()
    expect(gate.pass()).toBe(true)
    expect(gate.hold()).toEqual({ reason: 'rate_limited', waitMs: Infinity })
    gate.open()
    expect([gate.hold(), gate.pass()]).toEqual([undefined, false])
  })

  it('keeps the longer of two closings', () => {
    const gate = createGate(() => 0)
    gate.close('outage', 5000)
    gate.close('rate_limited', 1000)
    expect(gate.hold()).toEqual({ reason: 'outage', waitMs: 5000 })
    gate.close('rate_limited', 9000)
    expect(gate.hold()).toEqual({ reason: 'rate_limited', waitMs: 9000 })
  })

  it('stays closed as long as was asked while a probe was under way, however that ends', () => {
    const { now, pass } = createTime()
    const gate = createGate(now)
    gate.close('rate_limited', 1000)
    pass(1000)
    expect(gate.pass()).toBe(true)
    gate.close('rate_limited', 60_000)
    gate.open()
    expect(gate.hold()).toEqual({ reason: 'rate_limited', waitMs: 60_000 })
  })

  it('opens for all without a probe when told so', () => {
    const { now, pass } = createTime()
    const gate = createGate(now)
    gate.close('rate_limited', 10, false)
    pass(10)
    expect([gate.pass(), gate.hold()]).toEqual([false, undefined])
  })

  it('probes again when a probe said nothing', () => {
    const gate = createGate(() => 0)
    gate.close('outage', 0)
    gate.pass()
    gate.probeAgain()
    expect([gate.hold(), gate.pass()]).toEqual([undefined, true])
  })
})

describe('createBreaker', () => {
  const open = (now: () => number) => {
    const breaker = createBreaker(600_000, now)
    breaker.succeeded(false)
    const trips = Array.from({ length: 8 }, () => breaker.failed(false))
    return { breaker, trip: trips[7] }
  }

  it('opens at eight failures in a row', () => {
    expect(open(() => 0).trip).toEqual({ kind: 'pause', waitMs: 5000 })
  })

  it('opens at fifteen of the last twenty', () => {
    const breaker = createBreaker(600_000, () => 0)
    const trips = Array.from({ length: 20 }, (_, call) =>
      call % 4 === 0 ? breaker.succeeded(false) : breaker.failed(false),
    )
    expect(trips.filter(trip => trip !== undefined)).toEqual([{ kind: 'pause', waitMs: 5000 }])
  })

  it('doubles the pause with each failed probe, up to a minute', () => {
    const { breaker } = open(() => 0)
    const waits = Array.from({ length: 6 }, () => breaker.failed(true))
    expect(waits.map(trip => trip?.kind === 'pause' && trip.waitMs)).toEqual([
      10_000, 20_000, 40_000, 60_000, 60_000, 60_000,
    ])
  })

  it('closes at a probe that comes back, and starts counting anew', () => {
    const { breaker } = open(() => 0)
    breaker.succeeded(true)
    expect(breaker.failed(false)).toBeUndefined()
  })

  it('stays open when an old call comes back late', () => {
    const { breaker } = open(() => 0)
    breaker.succeeded(false)
    expect(breaker.failed(true)).toEqual({ kind: 'pause', waitMs: 10_000 })
  })

  it('gives up after the longest outage', () => {
    const { now, pass } = createTime()
    const { breaker } = open(now)
    pass(595_000)
    expect(breaker.failed(true)).toEqual({ kind: 'give_up', outageMs: 595_000 })
  })

  it('N1: gives up within a minute on an endpoint that was never reached', () => {
    const { now, pass } = createTime()
    const breaker = createBreaker(600_000, now)
    for (let call = 0; call < 2; call++) expect(breaker.failed(false)).toBeUndefined()
    let trip = breaker.failed(false)
    while (trip?.kind === 'pause') {
      pass(trip.waitMs)
      trip = breaker.failed(true)
    }
    expect(trip?.kind).toBe('give_up')
    expect(now()).toBeLessThanOrEqual(60_000)
  })
})

describe('createPurse', () => {
  const take = (purse: ReturnType<typeof createPurse>): number => {
    let taken = 0
    while (purse.take()) taken += 1
    return taken
  }

  it('has twenty repeats, and half of the rows done', () => {
    const purse = createPurse(4)
    expect(take(purse)).toBe(20)
    for (let row = 0; row < 10; row++) purse.rowDone('failed')
    expect(take(purse)).toBe(5)
  })

  it('has one round in flight more once the endpoint has answered', () => {
    const purse = createPurse(64)
    purse.rowDone('answered')
    expect(take(purse)).toBe(84)
    purse.rowDone('answered')
    purse.rowDone('answered')
    expect(take(purse)).toBe(1)
  })
})

describe('createTokenCost', () => {
  const usage = (promptTokens: number, completionTokens: number) => ({
    promptTokens,
    completionTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    audioPromptTokens: 0,
    reasoningTokens: 0,
    audioCompletionTokens: 0,
  })

  it('pitfall 3: allows for the output that answers really take, and puts a wrong estimate right', () => {
    const cost = createTokenCost()
    for (let answer = 0; answer < 100; answer++) cost.learn(100, usage(150, 800))
    expect(cost.of(100)).toBeCloseTo(950)
    for (let answer = 0; answer < 500; answer++) cost.learn(100, usage(100, 20))
    expect(cost.of(100)).toBeCloseTo(120, 0)
  })
})

describe('createConcurrency', () => {
  const answerAll = (concurrency: ReturnType<typeof createConcurrency>, rounds: number): void => {
    for (let round = 0; round < rounds; round++) {
      for (let left = concurrency.limit; left > 0; left--) concurrency.answered(concurrency.limit - 1)
    }
  }

  it('begins with one alone and reaches its ceiling in a few round trips', () => {
    const concurrency = createConcurrency(500, () => 0)
    expect(concurrency.limit).toBe(1)
    answerAll(concurrency, 4)
    expect(concurrency.limit).toBe(500)
  })

  it('goes to its ceiling at once where the endpoint tells its limits', () => {
    const concurrency = createConcurrency(500, () => 0)
    concurrency.limitsKnown()
    concurrency.answered(0)
    expect(concurrency.limit).toBe(500)
  })

  it('S5: is cut once a window, however many are refused, and never below one', () => {
    const { now, pass } = createTime()
    const concurrency = createConcurrency(100, now)
    answerAll(concurrency, 4)
    for (let refusal = 0; refusal < 50; refusal++) concurrency.throttled('rate', 100)
    expect(concurrency.limit).toBe(70)
    for (let window = 0; window < 50; window++) {
      pass(1000)
      concurrency.throttled('rate', 1)
    }
    expect(concurrency.limit).toBe(1)
  })

  it('grows by one in a round trip after a refusal, and far more slowly after slow_down', () => {
    const { now, pass } = createTime()
    const concurrency = createConcurrency(100, now)
    answerAll(concurrency, 4)
    concurrency.throttled('rate', 100)
    answerAll(concurrency, 5)
    expect(concurrency.limit).toBeGreaterThanOrEqual(74)
    expect(concurrency.limit).toBeLessThanOrEqual(75)
    pass(1000)
    concurrency.throttled('slow_down', 100)
    const cut = concurrency.limit
    answerAll(concurrency, 10)
    expect(concurrency.limit).toBeLessThanOrEqual(cut + 1)
  })

  it('does not grow while it is not used', () => {
    const concurrency = createConcurrency(100, () => 0)
    for (let answer = 0; answer < 100; answer++) concurrency.answered(2)
    expect(concurrency.limit).toBeLessThanOrEqual(8)
  })
})

/** Passes rows through a pacer, each at its time; tells when each was let through. */
const paceRows = async (rows: readonly { readonly gapMs: number; readonly tokens: number }[]) => {
  const clock = createVirtualClock()
  const limiter = createLimiter({ rpm: 600, tpm: 60_000 }, clock.now)
  const gate = createGate(clock.now)
  const pacer = createPacer({ clock, limiter, gate, maxWaitMs: Infinity, onTooLong: () => undefined })
  const passed: { readonly row: number; readonly tokens: number; readonly at: number }[] = []
  let arrivesAt = 0
  const all = rows.map(async ({ gapMs, tokens }, row) => {
    arrivesAt += gapMs
    const at = arrivesAt
    await new Promise<void>(resolve => clock.after(at, resolve))
    await pacer.enter(tokens)
    passed.push({ row, tokens, at: clock.now() })
  })
  await clock.live(Promise.all(all))
  return passed
}

describe('createPacer', () => {
  it('lets rows through in the order they came, and never more than the limits allow', async () => {
    const row = record({ gapMs: integer({ min: 0, max: 300 }), tokens: integer({ min: 1, max: 400 }) })
    await assert(
      asyncProperty(array(row, { minLength: 1, maxLength: 40 }), async rows => {
        const passed = await paceRows(rows)
        expect(passed.map(({ row: index }) => index)).toEqual(rows.map((_, index) => index))
        for (const [first, { at: from }] of passed.entries()) {
          let tokens = 0
          for (const [last, { at, tokens: more }] of passed.entries()) {
            if (last < first) continue
            // A quarter of a second may go at once, and the last may be larger than what was left for it.
            expect(last - first).toBeLessThanOrEqual((at - from) / 100 + 2.5 + 1e-6)
            expect(tokens).toBeLessThanOrEqual(at - from + 250 + 400)
            tokens += more
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('makes no progress by polling: one timer, for the first in the queue', async () => {
    const clock = createVirtualClock()
    const limiter = createLimiter({ rpm: 60, tpm: undefined }, clock.now)
    const pacer = createPacer({
      clock,
      limiter,
      gate: createGate(clock.now),
      maxWaitMs: Infinity,
      onTooLong: () => undefined,
    })
    const entered = Promise.all(Array.from({ length: 50 }, async () => pacer.enter(1)))
    expect(clock.pending).toBe(1)
    await clock.live(entered)
    expect(clock.pending).toBe(0)
  })

  it('waits a minute for a limit of a minute, but tells of the wait for a limit of a day', () => {
    const clock = createVirtualClock()
    const limiter = createLimiter({ rpm: 1, tpm: undefined }, clock.now)
    const waits: number[] = []
    const pacer = createPacer({
      clock,
      limiter,
      gate: createGate(clock.now),
      maxWaitMs: 0,
      onTooLong: ({ waitMs }) => waits.push(waitMs),
    })
    const first = pacer.enter(1)
    void pacer.enter(1)
    expect(waits).toEqual([])
    if (first instanceof Promise) throw new Error('the first has nothing to wait for')
    const ofADay = { limit: 100, remaining: 0, refillPerMs: 100 / 86_400_000 }
    limiter.learn(first.ticket, { requests: ofADay, tokens: undefined, projectTokens: undefined })
    pacer.pump()
    expect(waits).toEqual([864_000])
  })

  it('sends everybody away when it closes', async () => {
    const clock = createVirtualClock()
    const limiter = createLimiter({ rpm: 1, tpm: undefined }, clock.now)
    const pacer = createPacer({
      clock,
      limiter,
      gate: createGate(clock.now),
      maxWaitMs: Infinity,
      onTooLong: () => undefined,
    })
    await pacer.enter(1)
    const waiting = pacer.enter(1)
    pacer.close()
    expect(await waiting).toBeUndefined()
    expect(await pacer.enter(1)).toBeUndefined()
    expect(clock.pending).toBe(0)
  })
})
