import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startSimulator } from '../../src/simulator/start.js'
import { ask, chat, createFakeClock } from './client.js'
import { useSimulator } from './use-simulator.js'

const start = useSimulator()

describe('startSimulator', () => {
  it('listens on the loopback address, at the port it names', async () => {
    const { url, port } = await start()
    expect(url).toBe(`http://127.0.0.1:${port}/v1`)
    expect((await ask(`${url}/models`)).status).toBe(200)
  })

  it('says which port is taken', async () => {
    const { port } = await start()
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'bad_flag', message: `Port ${port} is taken` })
  })

  it('refuses options that cannot be before it listens', async () => {
    await expect(startSimulator({ latencyMs: -1 })).rejects.toMatchObject({ code: 'bad_flag' })
  })

  it('closes at once, with idle connections and calls in flight, and more than once', async () => {
    const clock = createFakeClock()
    const simulator = await start({ latencyMs: 1000 }, { clock })
    const agent = new Agent({ keepAlive: true })
    await new Promise<void>(resolve => {
      request(`${simulator.url}/models`, { agent }, res => res.resume().on('end', resolve)).end()
    })
    const idle = connect(simulator.port, '127.0.0.1')
    await new Promise(resolve => idle.once('connect', resolve))
    const gone = new Promise(resolve => idle.once('close', resolve))
    const waiting = clock.waiting()
    const call = chat(simulator.url, 'Hello').catch((error: Error & { code?: string }) => error.code)
    await waiting
    await Promise.all([simulator.close(), simulator.close()])
    expect(await call).toBe('ECONNRESET')
    await gone
    agent.destroy()
    await expect(ask(simulator.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(simulator.ledger().in_flight).toBe(0)
  })

  it('keeps connections, as long as it says it does', async () => {
    const { url } = await start({ keepAliveMs: 7000 })
    const { headers } = await ask(`${url}/models`, { headers: { connection: 'keep-alive' } })
    expect(headers['keep-alive']).toBe('timeout=7')
  })
})

describe('paths beside the chat', () => {
  it('list the models, and describe any but those that are not there', async () => {
    const { url } = await start()
    const { data, object } = (await ask(`${url}/models`)).json()
    expect([object, data[0]]).toEqual([
      'list',
      { id: 'gpt-4o', object: 'model', created: expect.any(Number), owned_by: 'simulator' },
    ])
    expect((await ask(`${url}/models/mine`)).json().id).toBe('mine')
    const missing = await ask(`${url}/models/no-such-model`)
    expect([missing.status, missing.json().error.code]).toEqual([404, 'model_not_found'])
  })

  it.each([
    ['GET', '/nothing', 404, null],
    ['POST', '/v1/embeddings', 404, null],
    ['GET', '/v1/chat/completions', 405, 'method_not_supported'],
    ['POST', '/v1/models', 405, 'method_not_supported'],
    ['DELETE', '/ledger/calls', 405, 'method_not_supported'],
  ])('%s %s is an error of the API', async (method, path, status, code) => {
    const { port } = await start()
    const seen = await ask(`http://127.0.0.1:${port}${path}`, { method })
    expect(seen.status).toBe(status)
    expect(seen.json().error).toMatchObject({ type: 'invalid_request_error', param: null, code })
    expect(seen.json().error.message).toContain(path)
    expect(seen.headers['x-promptmill-simulated']).toBe('1')
  })
})

describe('the ledger over HTTP', () => {
  it('gives totals and calls, as the simulator itself does', async () => {
    const simulator = await start({ fault500: 0.5 })
    await Promise.all(Array.from({ length: 600 }, (_, index) => chat(simulator.url, `Question ${index}`)))
    const totals = await ask(`http://127.0.0.1:${simulator.port}/ledger`)
    expect([totals.json(), totals.headers['x-promptmill-simulated']]).toEqual([simulator.ledger(), '1'])
    const calls = await ask(`${simulator.url}/ledger/calls`)
    expect(calls.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'x-promptmill-simulated': '1' })
    expect(
      calls.text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual(simulator.calls())
    expect(simulator.calls()).toHaveLength(600)
  })

  it.each(['POST', 'DELETE'])('is begun anew by %s, with all that the simulator remembers', async method => {
    const simulator = await start({ fault500: 0.5, rpm: 1000 })
    const round = async (): Promise<readonly unknown[]> => {
      const told: unknown[] = []
      for (let call = 0; call < 6; call++) {
        const { status, headers } = await chat(simulator.url, 'The same')
        told.push(status, headers['x-request-id'])
      }
      return told
    }
    const first = await round()
    const { calls } = (await ask(`http://127.0.0.1:${simulator.port}/ledger`, { method })).json()
    expect(calls).toBe(0)
    expect(await round()).toEqual(first)
    expect(simulator.calls().map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('is empty when nothing was asked', async () => {
    const { url } = await start()
    expect((await ask(`${url}/ledger/calls`)).text).toBe('')
  })
})
