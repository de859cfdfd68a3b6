import { describe, expect, it } from 'vitest'
import type { SimulatorOptions } from '../../src/simulator/options.js'
import type { Respond, Scripted } from '../../src/simulator/scripted.js'
import { ask, chat, createGate } from './client.js'
import { useSimulator } from './use-simulator.js'

const startAny = useSimulator()
const start = (respond: Respond, options: SimulatorOptions = {}) => startAny(options, { respond })

const always =
  (script: Scripted): Respond =>
  () =>
    script

describe('a script', () => {
  it('answers the calls it chooses, past all limits, and leaves the others alone', async () => {
    const simulator = await start(({ n }) => (n === 2 ? { status: 503, body: 'busy' } : undefined), { rpm: 1 })
    const seen = [await chat(simulator.url, 'a'), await chat(simulator.url, 'b'), await chat(simulator.url, 'c')]
    expect(seen.map(({ status }) => status)).toEqual([200, 503, 429])
    expect(seen[1]?.text).toBe('busy')
    expect(simulator.calls().map(({ fault, state }) => [fault, state])).toEqual([
      [null, 'answered'],
      ['scripted', 'failed'],
      [null, 'refused'],
    ])
  })

  it('is told what the call asks', async () => {
    const told: unknown[] = []
    const simulator = await start(({ n, model, path, method, body, headers }) => {
      told.push({ n, model, path, method, temperature: body['temperature'], id: headers['x-client-request-id'] })
      return undefined
    })
    await chat(simulator.url, 'Hello', { temperature: 0.5, headers: { 'x-client-request-id': 'c' } })
    const path = '/v1/chat/completions'
    expect(told).toEqual([{ n: 1, model: 'gpt-4o-mini', path, method: 'POST', temperature: 0.5, id: 'c' }])
  })

  it('has its own headers, beside the mark of the simulator', async () => {
    const headers = {
      'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT',
      'content-type': 'text/plain',
      'x-request-id': 'mine',
    }
    const simulator = await start(always({ status: 429, headers, body: 'no' }))
    const seen = await chat(simulator.url, 'Hello')
    expect(seen.headers).toMatchObject({ ...headers, 'x-promptmill-simulated': '1', 'content-length': '2' })
  })

  it('can bend the answer the call would have had', async () => {
    const simulator = await start(call => ({ body: JSON.stringify({ ...JSON.parse(call.answer()), usage: null }) }))
    const { status, json } = await chat(simulator.url, 'Hello')
    expect([status, json().usage, json().choices.length]).toEqual([200, null, 1])
    expect(simulator.ledger()).toMatchObject({ answered: 1, completion_tokens: 0, cost_usd: '0' })
  })

  it('is charged what its body reports', async () => {
    const simulator = await start(call => ({ body: call.answer() }))
    const { usage } = (await chat(simulator.url, 'Hello')).json()
    expect(simulator.ledger()).toMatchObject({ answered: 1, completion_tokens: usage.completion_tokens })
    expect(simulator.ledger().cost_usd).not.toBe('0')
  })

  it('is no answer when its body is none', async () => {
    const simulator = await start(({ n }) => ({ body: n === 1 ? '<html>' : '{"error":{"message":"no"}}' }))
    await chat(simulator.url, 'Hello')
    await chat(simulator.url, 'Hello')
    expect(simulator.calls()).toMatchObject([
      { state: 'failed', status: 200 },
      { state: 'failed', status: 200 },
    ])
  })

  it('is charged unseen when its body is cut', async () => {
    const simulator = await start(call => ({ body: call.answer(), cut: { afterBytes: 10, how: 'close' } }))
    const { text, error } = await chat(simulator.url, 'Hello')
    expect([text.length, error !== undefined]).toEqual([10, true])
    expect(simulator.ledger()).toMatchObject({ failed: 1, charged_unseen: 1, cost_usd: '0' })
  })

  it('sends a body in pieces, at the pace of the test', async () => {
    const gate = createGate()
    const pieces = async function* () {
      yield Buffer.from([0x7b, 0xe4])
      await gate.opened
      yield Buffer.from([0xbd, 0xa0, 0x7d])
    }
    const simulator = await start(always({ body: pieces() }))
    const body = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
    const seen = await ask(`${simulator.url}/chat/completions`, {
      method: 'POST',
      body,
      afterBytes: { count: 2, act: () => gate.open() },
    })
    expect([seen.text, seen.headers['transfer-encoding']]).toEqual(['{你}', 'chunked'])
    expect(simulator.ledger()).toMatchObject({ answered: 1 })
  })

  it('sends an endless body as fast as it is read, until the client has had enough', async () => {
    let sent = 0
    const endless = async function* () {
      for (;;) {
        sent += 65_536
        yield new Uint8Array(65_536)
      }
    }
    const simulator = await start(always({ body: endless() }))
    const body = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
    const seen = await ask(`${simulator.url}/chat/completions`, {
      method: 'POST',
      body,
      afterBytes: { count: 1_000_000, act: hangUp => hangUp() },
    })
    expect(seen.error).toBeDefined()
    await simulator.close()
    expect(sent).toBeLessThan(50_000_000)
    expect(simulator.ledger()).toMatchObject({ failed: 1, in_flight: 0 })
  })

  it.each([
    [
      'a length that is too large',
      { body: '{}', headers: { 'content-length': '10' }, cut: { afterBytes: 2, how: 'close' } },
      '{}',
      true,
    ],
    ['the end of the connection', { body: '{"a":', framing: 'close' }, '{"a":', false],
    ['a reset in the body', { body: '{"a":1}', cut: { afterBytes: 3, how: 'reset' } }, '{"a', true],
  ] as const)('ends a body with %s', async (_title, script, text, broken) => {
    const simulator = await start(always(script))
    const seen = await chat(simulator.url, 'Hello')
    expect([seen.text, seen.error !== undefined]).toEqual([text, broken])
  })

  it('resets the connection before any header', async () => {
    const simulator = await start(always('reset'))
    await expect(chat(simulator.url, 'Hello')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(simulator.calls()).toMatchObject([{ state: 'failed', status: null, fault: 'scripted' }])
  })

  it.each([
    ['never answers', 'silence', null],
    ['sends headers and then nothing', { body: '{}', cut: { afterBytes: 0, how: 'silence' } }, 200],
  ] as const)('%s', async (_title, script, status) => {
    const arrived = createGate()
    const simulator = await start(() => {
      arrived.open()
      return script
    })
    const leave = new AbortController()
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }] })
    const call = fetch(`${simulator.url}/chat/completions`, { method: 'POST', body, signal: leave.signal })
    await arrived.opened
    if (status !== null) expect((await call).status).toBe(status)
    expect(simulator.ledger()).toMatchObject({ in_flight: 1 })
    leave.abort()
    if (status === null) await expect(call).rejects.toThrow()
    await simulator.close()
    expect(simulator.calls()).toMatchObject([{ state: 'failed', status, fault: 'scripted' }])
  })

  it('holds a call until it has decided', async () => {
    const decision = createGate<Scripted>()
    const simulator = await start(({ n }) => (n === 1 ? decision.opened : undefined))
    const first = chat(simulator.url, 'a')
    expect((await chat(simulator.url, 'b')).status).toBe(200)
    decision.open({ status: 302, headers: { location: 'http://127.0.0.1:1/' } })
    expect((await first).status).toBe(302)
  })

  it('that throws fails its call and says why', async () => {
    const simulator = await start(() => {
      throw new Error('out of script')
    })
    const { status, json } = await chat(simulator.url, 'Hello')
    expect([status, json().error.message]).toEqual([500, 'Error: out of script'])
  })
})
