import { afterEach, describe, expect, it } from 'vitest'
import type { FailureRecord } from '../../src/core/records.js'
import type { Transport } from '../../src/send/contract.js'
import { answer, apiError, completion, type Respond, refuse, startEndpoint, type TestEndpoint } from './endpoint.js'
import { connect, createSending, requestFor, requests, type SendingOptions, testKey } from './sending.js'
import { createVirtualClock } from './virtual-clock.js'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

const serve = async (respond: Respond, options: SendingOptions = {}) => {
  const endpoint = await startEndpoint(respond)
  const clock = options.clock ?? createVirtualClock()
  const { transport } = await connect(endpoint.url, { clock })
  open.push(
    () => endpoint.close(),
    () => transport.close(),
  )
  return { endpoint, transport, ...createSending(transport, { ...options, clock }) }
}

/** The calls made for each row, by its number in the question. */
const callsByRow = ({ calls }: TestEndpoint): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { body } of calls) {
    const row = /question (\d+)/.exec(body)?.[1] ?? ''
    counts[row] = (counts[row] ?? 0) + 1
  }
  return counts
}

const failures = (records: readonly object[]): FailureRecord[] =>
  records.filter((record): record is FailureRecord => 'kind' in record && record.kind === 'failure')

const wallStart = Date.parse('2026-11-24T12:00:00Z')

describe('createSender', () => {
  it('answers every row with one call and commits each answer raw', async () => {
    const { endpoint, run, ends, records } = await serve(res =>
      answer(res, completion('hi'), { 'x-request-id': 'req_1' }),
    )
    await run(requests(50))
    expect(ends()).toEqual({ answered: 50 })
    expect(endpoint.calls).toHaveLength(50)
    expect(records('start')).toHaveLength(50)
    expect(records('answer')[0]).toMatchObject({
      row: 0,
      attempt: 1,
      status: 200,
      request_id: 'req_1',
      simulated: false,
      body: completion('hi'),
    })
  })

  it('notes the start of an attempt before its first byte leaves, and commits the answer before it is read', async () => {
    const order: string[] = []
    const transport: Transport = {
      send: async () => {
        order.push('send')
        return { kind: 'reply', reply: { status: 200, headers: {}, body: completion(), latencyMs: 1 } }
      },
      abort: () => undefined,
      close: async () => undefined,
    }
    const log = (step: string) => async () => order.push(step)
    const { run } = createSending(transport, {
      ports: { journal: { note: log('note'), commit: log('commit') }, onEvent: ({ kind }) => order.push(kind) },
    })
    await run(requests(1))
    expect(order).toEqual(['note', 'start', 'send', 'commit', 'answer'])
  })

  it('counts attempts on from earlier sessions', async () => {
    const { sender, clock, records } = await serve(res => answer(res))
    await clock.live(sender.settle(requestFor(0), { attempts: 3 }), { busy: () => sender.load().inFlight > 0 })
    expect(records('start')).toMatchObject([{ attempt: 4 }])
  })

  it('sends the first request alone, then many at once', async () => {
    const { endpoint, run, ends, sender } = await serve((res, { n }) => {
      if (n === 0) setTimeout(() => answer(res), 30)
      else answer(res)
      if (n === 0) expect(sender.load().inFlight).toBe(1)
    })
    await run(requests(30))
    expect(ends()).toEqual({ answered: 30 })
    expect(endpoint.connections).toBeGreaterThan(1)
  })

  it('S1: a 429 holds all workers back as long as asked, and is not charged to the row', async () => {
    const times: number[] = []
    const sending = await serve((res, { n }) => {
      times.push(sending.clock.now())
      if (n >= 1 && n <= 20) refuse(res, 429, apiError('rate_limit_exceeded'), { 'retry-after': '2' })
      else answer(res)
    })
    await sending.run(requests(40))
    expect(sending.ends()).toEqual({ answered: 40 })
    const [, firstRefused = 0] = times
    expect(times.filter(at => at > firstRefused && at < firstRefused + 2000)).toEqual([])
    expect(failures(sending.journal.records).every(({ final, ambiguous }) => !final && !ambiguous)).toBe(true)
  })

  it('S1: more refusals than retries do not fail a row', async () => {
    const { run, ends } = await serve((res, { n }) =>
      n < 12 ? refuse(res, 429, '', { 'retry-after-ms': '10' }) : answer(res),
    )
    await run(requests(1))
    expect(ends()).toEqual({ answered: 1 })
  })

  it.each([
    ['an hour', { 'retry-after': '3600' }],
    ['30 days', { 'retry-after': '2592000' }],
    ['a date far away', { 'retry-after': 'Fri, 20 Nov 2099 07:28:00 GMT' }],
  ])('S3: a wait of %s ends the run resumably and says so', async (_wait, headers) => {
    const { endpoint, run, ends, sender } = await serve((res, { n }) =>
      n === 2 ? refuse(res, 429, apiError('rate_limit_exceeded'), headers) : answer(res),
    )
    await run(requests(200))
    expect(sender.stop).toMatchObject({ code: 'wait_too_long' })
    expect(Object.keys(ends()).toSorted()).toEqual(['answered', 'left'])
    expect(ends()['failed']).toBeUndefined()
    expect(endpoint.calls.length).toBeLessThan(40)
  })

  it.each([
    ['a refusal', 429, apiError('rate_limit_exceeded', 'on requests per day (RPD): Limit 200')],
    ['a server that failed', 500, apiError(null, 'on requests per day (RPD): Limit 200')],
  ])('S3: a wait that is too long is told with how long it is and what %s says', async (_what, status, body) => {
    const { run, sender } = await serve(res => refuse(res, status, body, { 'retry-after': '3600' }))
    await run(requests(5))
    expect(sender.stop).toMatchObject({
      code: 'wait_too_long',
      message: expect.stringMatching(/it would be 3600 s \(HTTP \d+: on requests per day \(RPD\): Limit 200\)$/),
    })
  })

  it('S3: waits just as long as --max-wait when that is what the endpoint asks for', async () => {
    const { run, ends } = await serve((res, { n }) =>
      n === 2 ? refuse(res, 429, apiError('rate_limit_exceeded'), { 'retry-after': '600' }) : answer(res),
    )
    await run(requests(20))
    expect(ends()).toEqual({ answered: 20 })
  })

  it.each([
    ['insufficient_quota', 'insufficient_quota'],
    ['credit_balance_exhausted', 'insufficient_quota'],
    ['project_spend_limit_exceeded', 'billing'],
    ['organization_spend_limit_exceeded', 'billing'],
    ['organization_usage_limit_exceeded', 'billing'],
    ['rate_limit_exceeded', 'insufficient_quota'],
  ])('S4: %s (%s) stops the run, whatever Retry-After says; what is in flight is kept', async (code, type) => {
    const { endpoint, run, ends, sender } = await serve((res, { n }) =>
      n < 50 ? answer(res) : refuse(res, 429, apiError(code, 'no money', type), { 'retry-after': '1' }),
    )
    await run(requests(300))
    expect(sender.stop).toMatchObject({ code: 'out_of_credit', message: expect.stringContaining('no money') })
    expect(ends()).toEqual({ answered: 50, left: expect.any(Number) })
    expect(endpoint.calls.length).toBeLessThanOrEqual(50 + 8)
  })

  it.each([
    ['a wrong key', 401, 'invalid_api_key', 'invalid_key'],
    ['no access', 403, null, 'no_access'],
    ['an unknown model', 404, 'model_not_found', 'model_not_found'],
  ])('S6: %s costs one call', async (_title, status, code, stop) => {
    const { endpoint, run, ends, sender } = await serve(res => refuse(res, status, apiError(code)))
    await run(requests(100))
    expect(endpoint.calls).toHaveLength(1)
    expect(sender.stop).toMatchObject({ code: stop })
    expect(ends()['left']).toBeGreaterThan(0)
    expect(ends()['failed']).toBeUndefined()
  })

  it('an unknown model fails its own rows where a file asks for several', async () => {
    const { run, ends, sender } = await serve((res, { body }) =>
      body.includes('m-2') ? refuse(res, 404, apiError('model_not_found')) : answer(res),
    )
    await run([...requests(3), requestFor(3, { model: 'm-2', body: '{"model":"m-2"}' }), requestFor(4)])
    expect(sender.stop).toBeUndefined()
    expect(ends()).toEqual({ answered: 4, failed: 1 })
  })

  it.each([
    ['context_length_exceeded', 'context_too_long'],
    ['content_policy_violation', 'content_policy'],
    ['unsupported_value', 'bad_request'],
  ])('S7: %s fails its row at once, and the run goes on', async (code, expected) => {
    const { endpoint, run, ends, settled, records } = await serve((res, { body }) =>
      body.includes('question 7') ? refuse(res, 400, apiError(code, 'too much')) : answer(res),
    )
    await run(requests(20))
    expect(ends()).toEqual({ answered: 19, failed: 1 })
    expect(settled.get(7)).toMatchObject({ status: 'failed', code: expected })
    expect(callsByRow(endpoint)['7']).toBe(1)
    expect(records('failure')).toMatchObject([
      { row: 7, final: true, ambiguous: false, status: 400, message: 'HTTP 400: too much' },
    ])
  })

  it('S8: the same refusal of the first ten rows is a configuration error, and the rows stay pending', async () => {
    const { endpoint, run, ends, sender, journal } = await serve(res =>
      refuse(res, 400, apiError('unknown_parameter', 'no such thing')),
    )
    await run(requests(500))
    expect(endpoint.calls).toHaveLength(10)
    expect(sender.stop).toMatchObject({ code: 'misconfigured', message: expect.stringContaining('no such thing') })
    expect(ends()['failed']).toBeUndefined()
    expect(failures(journal.records).some(({ final }) => final)).toBe(false)
  })

  it('nine rows refused alike fail once another is answered', async () => {
    const { run, ends, sender } = await serve((res, { n }) => (n < 9 ? refuse(res, 400, apiError('x')) : answer(res)))
    await run(requests(30))
    expect(sender.stop).toBeUndefined()
    expect(ends()).toEqual({ answered: 21, failed: 9 })
  })

  it('rows that break a content policy prove the settings right, so the others need not wait for them', async () => {
    const { endpoint, run, ends, sender } = await serve(res => refuse(res, 400, apiError('content_policy_violation')))
    await run(requests(60))
    expect(ends()).toEqual({ failed: 60 })
    expect(sender.stop).toBeUndefined()
    expect(endpoint.connections).toBeGreaterThan(1)
  })

  it('a file of a few bad rows ends with them failed', async () => {
    const { run, ends } = await serve(res => refuse(res, 422, apiError('x')))
    await run(requests(4))
    expect(ends()).toEqual({ failed: 4 })
  })

  it.each([[500], [502], [504], [524]])(
    'S9: %i with a page is tried again so often, then the row fails with the page cut short',
    async status => {
      const page = `<html>${'x'.repeat(5000)} ${testKey}</html>`
      const { endpoint, run, ends, journal } = await serve(
        res => refuse(res, status, page, { 'content-type': 'text/html' }),
        {
          settings: { retries: 2 },
        },
      )
      await run(requests(1))
      expect(ends()).toEqual({ failed: 1 })
      expect(endpoint.calls).toHaveLength(3)
      const [first, , last] = failures(journal.records)
      expect(first).toMatchObject({ final: false, ambiguous: true, code: 'server_error', attempt: 1 })
      expect(last).toMatchObject({ final: true, ambiguous: true, attempt: 3 })
      expect(last?.body?.length).toBeLessThanOrEqual(2000)
    },
  )

  it('S9: an excerpt that would hold the key does not', async () => {
    const { run, journal } = await serve(res => refuse(res, 400, `{"error":{"message":"bad key ${testKey}"}}`))
    await run(requests(1))
    expect(JSON.stringify(journal.records)).not.toContain(testKey)
    expect(failures(journal.records)[0]).toMatchObject({ message: 'HTTP 400: bad key [key]' })
  })

  it.each([
    ['a body cut short', '{"choices":[{"mess', 'invalid_body'],
    ['a web page', '<html>Sign in</html>', 'invalid_body'],
    ['an error', '{"error":{"message":"upstream gone"}}', 'error_in_answer'],
  ])('S10: %s under status 200 is journaled raw each time, and tried again so often', async (_title, body, code) => {
    const { endpoint, run, records, settled } = await serve(res => answer(res, body), { settings: { retries: 1 } })
    await run(requests(1))
    expect(endpoint.calls).toHaveLength(2)
    expect(records('answer')).toMatchObject([{ body }, { body }])
    expect(settled.get(0)).toMatchObject({ status: 'failed', code })
    expect(records('failure')).toMatchObject([
      { final: false, code },
      { final: true, code },
    ])
  })

  it('an empty account told under status 200 stops the run', async () => {
    const { run, sender } = await serve(res => answer(res, apiError('insufficient_quota')))
    await run(requests(5))
    expect(sender.stop).toMatchObject({ code: 'out_of_credit' })
  })

  it.each([
    ['S11: a refusal', completion(null, { choices: [{ message: { refusal: 'No.' } }] }), 'answered'],
    [
      'S12: a cut answer',
      completion('half', { choices: [{ finish_reason: 'length', message: { content: 'half' } }] }),
      'answered',
    ],
    ['S11: no choices', completion('', { choices: [] }), 'failed'],
    ['S13: no usage', completion('fine', { usage: null }), 'answered'],
  ])('%s is paid for, kept and never sent again', async (_title, body, status) => {
    const { endpoint, run, settled, records } = await serve(res => answer(res, body))
    await run(requests(1))
    expect(endpoint.calls).toHaveLength(1)
    expect(settled.get(0)?.status).toBe(status)
    expect(records('answer')).toMatchObject([{ body }])
    expect(records('failure')).toEqual([])
  })

  it('S15: a redirect stops the run and names where it points to', async () => {
    const { endpoint, run, sender } = await serve(res =>
      refuse(res, 302, '', { location: 'https://elsewhere.example/login' }),
    )
    await run(requests(5))
    expect(endpoint.calls).toHaveLength(1)
    expect(sender.stop).toMatchObject({ code: 'redirected', message: expect.stringContaining('elsewhere.example') })
  })

  it('S16: when everything is refused for ten minutes, about one call a wait is made', async () => {
    const { endpoint, run, ends, sender } = await serve(res =>
      refuse(res, 429, apiError('rate_limit_exceeded'), { 'retry-after': '20' }),
    )
    await run(requests(100))
    expect(sender.stop).toMatchObject({ code: 'wait_too_long' })
    expect(ends()['failed']).toBeUndefined()
    expect(endpoint.calls.length).toBeGreaterThan(10)
    expect(endpoint.calls.length).toBeLessThanOrEqual(31)
  })

  it.each([
    ['asks for no wait at all', { 'retry-after': '0' }],
    ['asks for some milliseconds', { 'retry-after-ms': '5' }],
  ])('S16: an endpoint that refuses everything for ten minutes and %s is not stormed', async (_wait, headers) => {
    const { endpoint, run, ends, sender } = await serve(res =>
      refuse(res, 429, apiError('rate_limit_exceeded'), headers),
    )
    await run(requests(100))
    expect(sender.stop).toMatchObject({ code: 'wait_too_long' })
    expect(ends()['failed']).toBeUndefined()
    expect(endpoint.calls.length).toBeLessThanOrEqual(40)
  })

  it('S16: a row that is refused again and again without a wait is not sent all the time while others go on', async () => {
    const { endpoint, run } = await serve((res, { body }) =>
      /question 0"/.test(body) ? refuse(res, 429, '', { 'retry-after': '0' }) : answer(res),
    )
    await run(requests(20))
    expect(callsByRow(endpoint)['0']).toBeLessThanOrEqual(40)
  })

  it('tells of an address where nothing is in one sentence, not in two', async () => {
    const { run, sender } = await serve(res => refuse(res, 404, '<html>nothing here</html>'))
    await run(requests(3))
    expect(sender.stop?.message).toBe('HTTP 404: The endpoint has nothing at this address (404)')
  })

  it('N1: an endpoint that is not there stops the run resumably, and no row fails', async () => {
    const { endpoint, run, ends, sender, journal } = await serve(res => answer(res))
    await endpoint.close()
    await run(requests(100))
    expect(sender.stop).toMatchObject({ code: 'outage', message: expect.stringContaining('ECONNREFUSED') })
    expect(Object.keys(ends())).toEqual(['left'])
    expect(failures(journal.records).every(({ ambiguous, code }) => !ambiguous && code === 'connection_failed')).toBe(
      true,
    )
    expect(journal.records.length).toBeLessThan(40)
  })

  it('N9: single probes during an outage, then it goes on by itself', async () => {
    const times: number[] = []
    const sending = await serve(res => {
      const now = sending.clock.now()
      times.push(now)
      if (now < 300_000 && times.length > 50) refuse(res, 502, 'bad gateway')
      else answer(res)
      return undefined
    })
    await sending.run(requests(200))
    expect(sending.ends()).toEqual({ answered: 200 })
    expect(times.filter(at => at > 30_000 && at < 300_000).length).toBeLessThanOrEqual(8)
  })

  it('N5: sends that may have been billed never exceed one more than the retries', async () => {
    const { endpoint, run, ends } = await serve(
      (res, { body }) => (/question [37]"/.test(body) ? res.socket?.resetAndDestroy() : answer(res)),
      { settings: { retries: 3 } },
    )
    await run(requests(40))
    expect(ends()).toEqual({ answered: 38, failed: 2 })
    expect(callsByRow(endpoint)).toMatchObject({ 3: 4, 7: 4, 8: 1 })
  })

  it('an endpoint that fails a fifth of its calls in several ways is still finished', async () => {
    const ways: Respond[] = [
      res => refuse(res, 500, apiError(null, 'oops', 'server_error')),
      res => refuse(res, 503, apiError('server_is_overloaded')),
      res => res.socket?.resetAndDestroy(),
      res => answer(res, '{"choices":['),
      res => answer(res, '{"error":{"message":"upstream"}}'),
    ]
    const { endpoint, run, ends } = await serve((res, call) => {
      if (call.n % 5 === 4) ways[(call.n >> 2) % 5]?.(res, call)
      else answer(res)
    })
    await run(requests(500))
    expect(ends()).toEqual({ answered: 500 })
    expect(endpoint.calls.length).toBeLessThan(500 * 1.35)
  })

  it('an endpoint that fails most of its calls is not hammered: the run ends resumably', async () => {
    const { endpoint, run, sender } = await serve((res, { n }) => (n % 3 === 0 ? answer(res) : refuse(res, 500)))
    await run(requests(2000))
    expect(['retry_budget_spent', 'outage']).toContain(sender.stop?.code)
    expect(endpoint.calls.length).toBeLessThan(400)
  })

  it('S10: an endpoint that has never answered with a completion gets twenty repeats in all', async () => {
    const { endpoint, run, sender, ends } = await serve(res => answer(res, '<html>Sign in to the network</html>'), {
      settings: { concurrency: 64 },
    })
    await run(requests(40))
    expect(sender.stop).toMatchObject({ code: 'retry_budget_spent' })
    expect(ends()).toEqual({ left: 40 })
    expect(endpoint.calls.length).toBeLessThanOrEqual(40 + 20)
  })

  it('drains: starts nothing more, keeps what is in flight, leaves the rest', async () => {
    const sending = await serve((res, { n }) => {
      if (n === 20) sending.sender.drain()
      answer(res)
    })
    await sending.run(requests(100))
    expect(sending.sender.stop).toMatchObject({ code: 'drained' })
    expect(sending.ends()['answered']).toBe(sending.endpoint.calls.length)
    expect(sending.ends()['left']).toBeGreaterThan(0)
    expect(await sending.sender.settle(requestFor(999))).toEqual({ status: 'left' })
  })

  it('draining wakes rows that wait for their next try', async () => {
    const sending = await serve(res => refuse(res, 429, '', { 'retry-after': '300' }))
    sending.clock.after(1000, () => sending.sender.drain())
    await sending.run(requests(10))
    expect(sending.clock.now()).toBeLessThan(2000)
    expect(sending.ends()).toEqual({ left: 10 })
  })

  it('aborts: cancels what is in flight and journals it as unknown', async () => {
    const sending = await serve((res, { n }) => {
      if (n < 5) answer(res)
      else if (n === 8) sending.sender.abort()
    })
    await sending.run(requests(100))
    expect(sending.sender.stop).toMatchObject({ code: 'aborted' })
    expect(sending.ends()).toMatchObject({ answered: 5 })
    const unknown = sending.records('unknown')
    expect(unknown.length).toBeGreaterThan(0)
    expect(sending.records('start')).toHaveLength(5 + unknown.length + failures(sending.journal.records).length)
  })

  it('stops sending at once when the journal can no longer be written, and rejects with its error', async () => {
    const full = new Error('ENOSPC')
    let commits = 0
    const { endpoint, run, sender } = await serve(res => answer(res), {
      ports: {
        journal: {
          note: async () => 0,
          commit: async () => {
            commits += 1
            if (commits > 10) throw full
            return 0
          },
        },
      },
    })
    await expect(run(requests(500))).rejects.toBe(full)
    expect(sender.stop).toMatchObject({ code: 'journal_failed', cause: full })
    expect(endpoint.calls.length).toBeLessThanOrEqual(10 + 1 + 8)
  })

  it.each([
    [true, {}],
    [false, { 'x-promptmill-simulated': '1' }],
  ])(
    'expecting simulated answers %s, another endpoint stops the run after one call, its answer kept',
    async (expectSimulated, headers) => {
      const { endpoint, run, ends, sender, records } = await serve(res => answer(res, completion(), headers), {
        settings: { expectSimulated },
      })
      await run(requests(50))
      expect(endpoint.calls).toHaveLength(1)
      expect(sender.stop).toMatchObject({ code: 'simulated_endpoint' })
      expect(records('answer')).toMatchObject([{ simulated: !expectSimulated }])
      expect(ends()['answered']).toBeUndefined()
    },
  )

  it('marks simulated answers in their records', async () => {
    const { run, records } = await serve(res => answer(res, completion(), { 'x-promptmill-simulated': '1' }), {
      settings: { expectSimulated: true },
    })
    await run(requests(3))
    expect(records('answer')).toMatchObject([{ simulated: true }, { simulated: true }, { simulated: true }])
  })

  it('I13: a row above the whole token limit fails unsent', async () => {
    const { endpoint, run, settled, records } = await serve(res => answer(res), { settings: { tpm: 100 } })
    await run([requestFor(0, { body: 'x'.repeat(1000) })])
    expect(endpoint.calls).toHaveLength(0)
    expect(settled.get(0)).toMatchObject({ status: 'failed', code: 'row_over_tpm' })
    expect(records('failure')).toMatchObject([{ final: true, attempt: 0, status: null, ambiguous: false }])
  })

  it('I13: counts a row exactly before it fails for its size, and only where that is in doubt', async () => {
    const counted: number[] = []
    const countTokens = async ({ row, body }: { row: number; body: string }): Promise<number> => {
      counted.push(row)
      return body.length / (row === 1 ? 6 : 2)
    }
    const { endpoint, run, ends, settled } = await serve(res => answer(res), {
      settings: { tpm: 1000 },
      ports: { countTokens },
    })
    // Estimated at 25, 1250, 750 and 10,000 tokens; in truth 50, 833, 1500 and 20,000.
    const sizes = [100, 5000, 3000, 40_000]
    await run(sizes.map((size, row) => requestFor(row, { body: 'x'.repeat(size) })))
    expect(ends()).toEqual({ answered: 2, failed: 2 })
    expect(settled.get(2)).toMatchObject({ code: 'row_over_tpm' })
    expect(settled.get(3)).toMatchObject({ code: 'row_over_tpm' })
    expect(endpoint.calls).toHaveLength(2)
    expect(counted).toEqual([1, 2])
  })

  it('I13: what a small prompt takes beside its text fails no large one', async () => {
    // A system prompt of the server's own, which the estimate knows nothing of.
    const usage = (body: string) => ({ prompt_tokens: 2000 + body.length / 4, completion_tokens: 5 })
    const { run, ends } = await serve((res, { body }) => answer(res, completion('hi', { usage: usage(body) })), {
      settings: { tpm: 50_000 },
    })
    const sizes = [...Array.from({ length: 40 }, () => 20), 12_000]
    await run(sizes.map((size, row) => requestFor(row, { body: 'x'.repeat(size) })))
    expect(ends()).toEqual({ answered: 41 })
  })

  it('S13: usage that cannot be holds nothing up for longer than a minute', async () => {
    const usage = { prompt_tokens: 9e15, completion_tokens: 9e15 }
    const { run, ends, sender } = await serve((res, { n }) => answer(res, completion('hi', n === 3 ? { usage } : {})), {
      settings: { tpm: 100_000 },
    })
    await run(requests(50))
    expect(sender.stop).toBeUndefined()
    expect(ends()).toEqual({ answered: 50 })
  })

  it('a budget that allows no more stops the run; what was reserved is ended once', async () => {
    let reserved = 0
    const ended: string[] = []
    const { run, ends, sender } = await serve((res, { n }) => (n === 3 ? refuse(res, 500) : answer(res)), {
      ports: {
        budget: {
          reserve: () => {
            reserved += 1
            if (reserved > 20) return undefined
            const end = (way: string) => () => void ended.push(way)
            return { amountUsd: 1n, settle: end('settle'), release: end('release'), keep: end('keep') }
          },
        },
      },
    })
    await run(requests(100))
    expect(sender.stop).toMatchObject({ code: 'budget_exhausted' })
    expect(ends()['answered']).toBeLessThanOrEqual(20)
    expect(ended).toHaveLength(20)
    expect(ended.filter(way => way === 'keep')).toHaveLength(1)
  })

  it('gives each attempt an id of its own', async () => {
    const { endpoint, run } = await serve((res, { n }) => (n === 0 ? refuse(res, 500) : answer(res)))
    await run(requests(10))
    const ids = endpoint.calls.map(({ headers }) => headers['x-client-request-id'])
    expect(new Set(ids).size).toBe(11)
    expect(ids.every(id => /^[\x21-\x7e]{1,64}$/.test(String(id)))).toBe(true)
  })

  it('C6: a key that comes back as the id of a call is in no record', async () => {
    const echo = { 'x-request-id': `req-${testKey}` }
    const { run, journal, records } = await serve((res, { n }) =>
      n % 3 === 0 ? answer(res, completion('hi'), echo) : refuse(res, n % 3 === 1 ? 500 : 400, '', echo),
    )
    await run(requests(9))
    expect(records('answer')[0]).toMatchObject({ request_id: 'req-[key]' })
    expect(JSON.stringify(journal.records)).not.toContain(testKey)
  })

  it('leaves no timer behind', async () => {
    const { run, clock } = await serve((res, { n }) => (n % 7 === 3 ? refuse(res, 500) : answer(res)))
    await run(requests(60))
    expect(clock.pending).toBe(0)
  })

  it('reads the server’s date against the server’s clock', async () => {
    const skewed = wallStart - 3_600_000
    const sending = await serve((res, { n }) => {
      const date = new Date(skewed + sending.clock.now())
      const at = new Date(skewed + sending.clock.now() + 5000)
      if (n === 0) refuse(res, 429, '', { date: date.toUTCString(), 'retry-after': at.toUTCString() })
      else answer(res)
    })
    await sending.run(requests(1))
    expect(sending.clock.now()).toBeGreaterThanOrEqual(5000)
    expect(sending.clock.now()).toBeLessThan(10_000)
  })
})
