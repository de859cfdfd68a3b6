import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/core/model.js'
import type { Transport } from '../../src/send/contract.js'
import { createLimitedEndpoint, type LimitedOptions } from './limited-endpoint.js'
import { createSending, requestFor, requests, type SendingOptions } from './sending.js'
import { createVirtualClock } from './virtual-clock.js'

/** Repeatable noise: a linear congruential generator. */
const createNoise = () => {
  let state = 7
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const send = async (
  rows: readonly Request[],
  limits: Partial<LimitedOptions>,
  settings: SendingOptions['settings'] = {},
) => {
  const clock = createVirtualClock()
  const random = createNoise()
  const latencyMs = () => 100 * (0.7 + 0.6 * random())
  const endpoint = createLimitedEndpoint({ clock, burstMs: 60_000, headers: true, latencyMs, ...limits })
  const sending = createSending(endpoint.transport, {
    clock,
    settings: { concurrency: 64, ...settings },
    ports: { random },
  })
  await sending.run(rows, { passWhileInFlight: true })
  expect(sending.ends()).toEqual({ answered: rows.length })
  return { ...endpoint, clock, sender: sending.sender, refusedShare: endpoint.counts.refused / rows.length }
}

describe('sending against a limit', () => {
  it.each([
    ['a minute’s worth at once', 60_000],
    ['a second’s worth at once', 1000],
    ['a quarter of a second’s worth at once', 250],
  ])(
    'S17: uses 98 in 100 of a request limit it learns from headers, hardly ever refused, where the endpoint allows %s',
    async (_title, burstMs) => {
      const { perMinute, refusedShare } = await send(requests(2400), { rpm: 6000, burstMs })
      expect(perMinute()).toBeGreaterThan(0.98 * 6000)
      expect(refusedShare).toBeLessThanOrEqual(0.005)
    },
  )

  it('uses a request limit given by flag, on an endpoint that sends no headers', async () => {
    const { perMinute, counts } = await send(requests(600), { rpm: 6000, burstMs: 1000, headers: false }, { rpm: 6000 })
    expect(perMinute()).toBeGreaterThan(0.97 * 6000)
    expect(counts.refused).toBe(0)
  })

  it('keeps to the lower of flag and headers', async () => {
    const { perMinute } = await send(requests(300), { rpm: 6000 }, { rpm: 1200 })
    expect(perMinute()).toBeLessThan(1.05 * 1200)
    expect(perMinute()).toBeGreaterThan(0.95 * 1200)
  })

  it.each([
    ['a minute’s worth at once', 60_000],
    ['a second’s worth at once', 1000],
  ])(
    'uses 98 in 100 of a token limit with rows of mixed size, whose tokens it can only estimate, where the endpoint allows %s',
    async (_title, burstMs) => {
      const random = createNoise()
      const rows = Array.from({ length: 1000 }, (_, row) =>
        requestFor(row, { body: 'x'.repeat(400 + Math.round(4000 * random() ** 3)) }),
      )
      const tokens = ({ body, row }: Request) =>
        [Math.round((body.length / 4) * (0.8 + ((row * 7919) % 70) / 100)), 20 + ((row * 104_729) % 160)] as const
      const total = rows.reduce((sum, row) => sum + tokens(row)[0] + tokens(row)[1], 0)
      const { counts, refusedShare } = await send(rows, { tpm: 600_000, burstMs, tokens })
      expect((total / (counts.lastMs - counts.firstMs)) * 60_000).toBeGreaterThan(0.98 * 600_000)
      expect(refusedShare).toBeLessThanOrEqual(0.005)
    },
  )

  it.each([
    ['a second’s worth at once', 1000],
    ['a quarter of a second’s worth at once', 250],
  ])(
    'uses 85 in 100 of a limit it can only find by being refused, where the endpoint allows %s',
    async (_title, burstMs) => {
      const { perMinute, refusedShare } = await send(requests(2400), { rpm: 6000, burstMs, headers: false })
      expect(perMinute()).toBeGreaterThan(0.85 * 6000)
      expect(refusedShare).toBeLessThanOrEqual(0.03)
    },
  )

  it('starts without a burst', async () => {
    const clock = createVirtualClock()
    const times: number[] = []
    const endpoint = createLimitedEndpoint({ clock, rpm: 600, burstMs: 60_000, headers: false, latencyMs: () => 1 })
    const transport = {
      ...endpoint.transport,
      send: (request: Request, id: string) => {
        times.push(clock.now())
        return endpoint.transport.send(request, id)
      },
    }
    await createSending(transport, { clock, settings: { rpm: 600 } }).run(requests(50), { passWhileInFlight: true })
    expect(times.filter(at => at < 1000).length).toBeLessThanOrEqual(12)
  })

  it('reaches full concurrency within a few round trips where nothing limits it', async () => {
    const { counts, clock } = await send(requests(5000), { headers: false, latencyMs: () => 200 }, { concurrency: 500 })
    expect(counts.mostInFlight).toBe(500)
    // 2 s at full concurrency; the ramp and the last round cost less than a second more.
    expect(clock.now()).toBeLessThan(3000)
  })

  it('never has more in flight than allowed', async () => {
    const { counts } = await send(requests(300), { headers: false }, { concurrency: 5 })
    expect(counts.mostInFlight).toBe(5)
  })

  it('S5: slow_down cuts what is in flight once a window and lets it regrow slowly', async () => {
    const clock = createVirtualClock()
    const limited = createLimitedEndpoint({ clock, burstMs: 1000, headers: false, latencyMs: () => 100 })
    let calls = 0
    let badFrom = Infinity
    const body = '{"error":{"code":"slow_down","type":"rate_limit_error","message":"slow down"}}'
    const refused = { kind: 'reply', reply: { status: 429, headers: {}, body, latencyMs: 10 } } as const
    const transport: Transport = {
      ...limited.transport,
      send: (request, id) => {
        calls += 1
        if (calls === 200) badFrom = clock.now()
        if (clock.now() < badFrom || clock.now() > badFrom + 20) return limited.transport.send(request, id)
        return new Promise(resolve => clock.after(10, () => resolve(refused)))
      },
    }
    const sending = createSending(transport, { clock, settings: { concurrency: 40 } })
    const limits: number[] = []
    const watch = (): void => {
      limits.push(sending.sender.load().limit)
      if (sending.settled.size < 2000) clock.after(100, watch)
    }
    watch()
    await sending.run(requests(2000), { passWhileInFlight: true })
    expect(sending.ends()).toEqual({ answered: 2000 })
    expect(Math.max(...limits)).toBe(40)
    const low = Math.min(...limits.slice(limits.indexOf(40)))
    expect(low).toBeLessThanOrEqual(28)
    expect(low).toBeGreaterThanOrEqual(19)
    expect(limits.at(-1)).toBeGreaterThan(low)
    expect(limits.at(-1)).toBeLessThan(40)
  })
})
