import { describe, expect, it } from 'vitest'
import { readAnswer } from '../../src/core/answer.js'
import { ask, chat } from './client.js'
import { useSimulator } from './use-simulator.js'

const start = useSimulator()

const unpaid = { charged_unseen: 0, cost_usd: '0', cost_usd_unseen: '0' }

describe('a fault', () => {
  it.each([
    ['fault500', 500, { type: 'server_error' }, 'failed'],
    ['fault503', 503, { code: 'server_is_overloaded' }, 'failed'],
    ['fault429', 429, { code: 'rate_limit_exceeded' }, 'refused'],
    ['faultError200', 200, { type: 'upstream_error' }, 'failed'],
  ] as const)('%s is an error of the API, and not paid for', async (fault, status, error, state) => {
    const simulator = await start({ [fault]: 1 })
    const seen = await chat(simulator.url, 'Hello')
    expect([seen.status, seen.json().error]).toEqual([status, expect.objectContaining(error)])
    expect(seen.headers['x-promptmill-simulated']).toBe('1')
    expect(seen.headers['retry-after']).toBe(fault === 'fault429' ? '1' : undefined)
    expect(simulator.ledger()).toMatchObject({ ...unpaid, [state]: 1, in_flight: 0 })
    expect(simulator.calls()).toMatchObject([{ fault, status, state }])
  })

  it('faultReset resets the connection before any header, and is not paid for', async () => {
    const simulator = await start({ faultReset: 1 })
    await expect(chat(simulator.url, 'Hello')).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(
      fetch(`${simulator.url}/chat/completions`, {
        method: 'POST',
        body: '{"model":"m","messages":[{"role":"user"}]}',
      }),
    ).rejects.toThrow('fetch failed')
    expect(simulator.ledger()).toMatchObject({ ...unpaid, failed: 2 })
    expect(simulator.calls()).toMatchObject([{ fault: 'faultReset', status: null }, { fault: 'faultReset' }])
  })

  it('faultStall sends headers and half of a body that is paid for, and then nothing more', async () => {
    const simulator = await start({ faultStall: 1 })
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] })
    const res = await fetch(`${simulator.url}/chat/completions`, { method: 'POST', body })
    const length = Number(res.headers.get('content-length'))
    let text = ''
    for await (const chunk of res.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.length >= length / 2) break
    }
    expect(text.length).toBe(Math.ceil(length / 2))
    expect(text.startsWith('{"id":"chatcmpl-')).toBe(true)
    await simulator.close()
    expect(simulator.ledger()).toMatchObject({ failed: 1, in_flight: 0, charged_unseen: 1, cost_usd: '0' })
    expect(simulator.calls()).toMatchObject([{ fault: 'faultStall', status: 200, state: 'failed' }])
  })

  it('faultCut ends a paid body before its length', async () => {
    const simulator = await start({ faultCut: 1 })
    const { status, headers, text, error } = await chat(simulator.url, 'Hello')
    expect(status).toBe(200)
    expect(text.length).toBe(Math.ceil(Number(headers['content-length']) / 2))
    expect(error).toBeDefined()
    expect(simulator.ledger()).toMatchObject({ failed: 1, charged_unseen: 1, cost_usd: '0' })
    expect(simulator.ledger().cost_usd_unseen).not.toBe('0')
  })

  it('faultCutSilent ends a paid body with no sign but broken JSON', async () => {
    const simulator = await start({ faultCutSilent: 1 })
    const { status, headers, text, error } = await chat(simulator.url, 'Hello')
    expect([status, error]).toEqual([200, undefined])
    expect([headers['content-length'], headers['transfer-encoding']]).toEqual([undefined, undefined])
    expect(readAnswer(text).status).toBe('unreadable')
    expect(simulator.ledger()).toMatchObject({ failed: 1, charged_unseen: 1 })
  })

  it('faultHtml answers with a web page under status 200, and is paid for', async () => {
    const simulator = await start({ faultHtml: 1 })
    const { status, headers, text } = await chat(simulator.url, 'Hello')
    expect([status, headers['content-type']]).toEqual([200, 'text/html'])
    expect(readAnswer(text)).toMatchObject({ status: 'unreadable', message: expect.stringContaining('web page') })
    expect(simulator.ledger()).toMatchObject({ failed: 1, charged_unseen: 1 })
  })

  it('befalls its share of calls, and a retry gets through', async () => {
    const simulator = await start({ fault500: 0.3, fault503: 0.3 })
    const retried = async (prompt: string): Promise<number> => {
      for (let sends = 1; ; sends++) if ((await chat(simulator.url, prompt)).status === 200) return sends
    }
    const sends = await Promise.all(Array.from({ length: 30 }, (_, index) => retried(`Question ${index}`)))
    const { calls, answered, failed } = simulator.ledger()
    expect([answered, failed]).toEqual([30, calls - 30])
    expect(calls).toBe(sends.reduce((sum, count) => sum + count, 0))
    expect(failed).toBeGreaterThan(15)
  })
})

describe('an answer of an odd kind is paid for and read', () => {
  it.each([
    ['finishLength', { status: 'ok', flag: 'truncated', finishReason: 'length' }],
    ['refusal', { status: 'ok', flag: 'refused' }],
    ['toolCall', { status: 'ok', finishReason: 'tool_calls', flag: undefined }],
    ['emptyChoices', { status: 'empty' }],
  ] as const)('%s', async (kind, answer) => {
    const simulator = await start({ [kind]: 1 })
    const read = readAnswer((await chat(simulator.url, 'Hello')).text)
    expect(read).toMatchObject(answer)
    if (read.status !== 'unreadable') expect(read.usage?.completionTokens).toBeGreaterThan(0)
    expect(simulator.ledger()).toMatchObject({ answered: 1, charged_unseen: 0 })
    expect(simulator.ledger().cost_usd).not.toBe('0')
  })

  it('noUsage', async () => {
    const simulator = await start({ noUsage: 1 })
    expect(readAnswer((await chat(simulator.url, 'Hello')).text)).toMatchObject({ status: 'ok', usage: undefined })
    expect(simulator.ledger()).toMatchObject({ answered: 1, charged_unseen: 1, cost_usd: '0' })
  })
})

describe('a call that is no HTTP', () => {
  it('is refused with the mark of the simulator', async () => {
    const { port } = await start({})
    const { connect } = await import('node:net')
    const text = await new Promise<string>(resolve => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'))
      socket.on('data', chunk => {
        received += chunk
      })
      socket.on('end', () => resolve(received))
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('x-promptmill-simulated: 1')
    expect((await ask(`http://127.0.0.1:${port}/ledger`)).json().calls).toBe(0)
  })
})
