import { describe, expect, it } from 'vitest'
import { formatUsd } from '../../src/core/money.js'
import { createPricer } from '../../src/pricing/cost.js'
import { loadPriceBook } from '../../src/pricing/price-book.js'
import { loadTokenCounter } from '../../src/pricing/tokens.js'
import type { Simulator } from '../../src/simulator/start.js'
import { ask, chat, createFakeClock } from './client.js'
import { useSimulator } from './use-simulator.js'

const start = useSimulator()

const key = { authorization: 'Bearer sim-1' }

/** What the simulator says to each prompt, one after the other; sorted, without the time. */
const askAll = async (simulator: Simulator, list: readonly string[]): Promise<string[]> => {
  const told: string[] = []
  for (const prompt of list) {
    const { status, headers, text } = await chat(simulator.url, prompt)
    told.push([prompt, status, headers['x-request-id'], text.replace(/"created":\d+/, '')].join(' '))
  }
  return told.sort()
}

describe('an answer', () => {
  it('has the headers of the API and the mark of the simulator', async () => {
    const { url } = await start()
    const { status, headers } = await chat(url, 'Hello there')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'openai-organization': 'org-sim',
      'openai-processing-ms': expect.stringMatching(/^\d+$/),
      'x-request-id': expect.stringMatching(/^req_[0-9a-f]{32}$/),
      'x-promptmill-simulated': '1',
    })
    expect(Object.keys(headers).filter(name => name.startsWith('x-ratelimit'))).toEqual([])
  })

  it('counts the prompt with the tokens of its model', async () => {
    const { url } = await start()
    const prompt = 'What does 这句话 mean?'
    const { countPrompt } = await loadTokenCounter('gpt-4')
    const { usage } = (await chat(url, prompt, { model: 'gpt-4' })).json()
    expect(usage.prompt_tokens).toBe(countPrompt({ messages: [{ role: 'user', content: prompt }] }))
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
  })

  it('is the same from another simulator with the same seed, in whatever order the calls arrive', async () => {
    const options = { seed: 5, fault500: 0.3, refusal: 0.3, noUsage: 0.3 }
    const [one, other] = await Promise.all([start(options), start(options)])
    const prompts = Array.from({ length: 30 }, (_, index) => `Question number ${index % 20}`)
    const forwards = await askAll(one, prompts)
    expect(await askAll(other, prompts.toReversed())).toEqual(forwards)
    expect(new Set(forwards.map(line => line.split(' ')[3])).size).toBe(2)
  })

  it('reports cached tokens for a long prompt that was asked before', async () => {
    const { url } = await start()
    const system = { role: 'system', content: 'Answer in one short sentence, and keep to the facts. '.repeat(150) }
    const askAbout = (topic: string) => chat(url, '', { messages: [system, { role: 'user', content: topic }] })
    const cachedOf = async (topic: string): Promise<number> =>
      (await askAbout(topic)).json().usage.prompt_tokens_details.cached_tokens
    expect(await cachedOf('rivers')).toBe(0)
    const cached = await cachedOf('lakes')
    expect(cached).toBeGreaterThanOrEqual(1024)
    expect(cached % 128).toBe(0)
  })

  it("comes by Azure's path, with the deployment as the model and the key in its own header", async () => {
    const simulator = await start({ requireKey: true })
    const url = `http://127.0.0.1:${simulator.port}/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21`
    const body = { messages: [{ role: 'user', content: 'Hello' }] }
    const { status, json } = await ask(url, { method: 'POST', headers: { 'api-key': 'sim-azure' }, body })
    expect([status, json().model]).toEqual([200, 'gpt-4o'])
  })

  it('takes long prompts that arrive in pieces, in any script', async () => {
    const { url } = await start()
    const { status, json } = await chat(url, '多字节字符 in pieces. '.repeat(20_000))
    expect(status).toBe(200)
    expect(json().usage.prompt_tokens).toBeGreaterThan(100_000)
  })
})

describe('a call is refused', () => {
  it.each([
    ['without a key', {}, 'missing'],
    ['with the key "wrong"', { authorization: 'Bearer wrong' }, 'wrong'],
    ['with a real key', { authorization: 'Bearer sk-live' }, 'wrong'],
  ])('%s, where a key is required', async (_title, headers, authorization) => {
    const simulator = await start({ requireKey: true })
    const { status, json, text } = await chat(simulator.url, 'Hello', { headers })
    expect([status, json().error.code]).toEqual([401, 'invalid_api_key'])
    expect(text).not.toContain('sk-live')
    expect(simulator.calls()).toMatchObject([{ authorization, state: 'refused', status: 401 }])
    expect((await ask(`${simulator.url}/models`, { headers })).status).toBe(401)
    expect((await chat(simulator.url, 'Hello', { headers: key })).status).toBe(200)
  })

  it('when it is not JSON, and when its model is not there', async () => {
    const simulator = await start()
    const bad = await ask(`${simulator.url}/chat/completions`, { method: 'POST', body: '{"model":' })
    expect([bad.status, bad.json().error.type]).toEqual([400, 'invalid_request_error'])
    const unknown = await chat(simulator.url, 'Hello', { model: 'no-such-model' })
    expect([unknown.status, unknown.json().error.code]).toEqual([404, 'model_not_found'])
    expect(simulator.ledger()).toMatchObject({ calls: 2, refused: 2, cost_usd: '0' })
  })

  it('when its prompt is longer than the context', async () => {
    const { url } = await start()
    const { status, json } = await chat(url, 'x '.repeat(9_000_000))
    expect([status, json().error.code]).toEqual([400, 'context_length_exceeded'])
  })

  it('when its body is larger than is taken, before all of it is sent', async () => {
    const simulator = await start()
    const headers = { 'content-length': String(65 * 1024 * 1024) }
    const url = `${simulator.url}/chat/completions`
    const afterBytes = { count: 1, act: (hangUp: () => void) => hangUp() }
    const seen = await ask(url, { method: 'POST', headers, body: '{"model":', afterBytes })
    expect(seen.status).toBe(413)
    expect(simulator.calls()).toMatchObject([{ status: 413, state: 'refused' }])
  })

  it('once the account is empty, for good', async () => {
    const simulator = await start({ quotaAfter: 2, requireKey: true })
    const statuses: number[] = []
    for (let call = 0; call < 4; call++)
      statuses.push((await chat(simulator.url, `Call ${call}`, { headers: key })).status)
    expect(statuses).toEqual([200, 200, 429, 429])
    const { headers, json } = await chat(simulator.url, 'Again', { headers: key })
    expect(json().error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
    expect(headers['retry-after']).toBeUndefined()
    expect(simulator.ledger()).toMatchObject({ calls: 5, answered: 2, refused: 3 })
  })

  it('counts answers that are still being written against the account', async () => {
    const clock = createFakeClock()
    const simulator = await start({ quotaAfter: 1, latencyMs: 50, latencySpread: 0 }, { clock })
    const waiting = clock.waiting()
    const first = chat(simulator.url, 'First')
    await waiting
    expect((await chat(simulator.url, 'Second')).status).toBe(429)
    clock.advance(50)
    expect((await first).status).toBe(200)
  })
})

describe('limits', () => {
  it('are announced with every answer, refused by, and lifted with time', async () => {
    const clock = createFakeClock()
    const { url } = await start({ rpm: 2, tpm: 10_000 }, { clock })
    const first = await chat(url, 'Hello', { max_tokens: 100 })
    const { total_tokens } = first.json().usage
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '30s',
      'x-ratelimit-limit-tokens': '10000',
      'x-ratelimit-remaining-tokens': String(10_000 - total_tokens),
    })
    await chat(url, 'Hello')
    const refused = await chat(url, 'Hello')
    expect([refused.status, refused.json().error.code]).toEqual([429, 'rate_limit_exceeded'])
    expect(refused.headers).toMatchObject({
      'retry-after': '30',
      'retry-after-ms': '30000',
      'x-ratelimit-remaining-requests': '0',
    })
    clock.advance(30_000)
    expect((await chat(url, 'Hello')).status).toBe(200)
  })

  it('charge the prompt and the most that may be answered until the answer is there', async () => {
    const clock = createFakeClock()
    const { url } = await start({ tpm: 1000, latencyMs: 10, latencySpread: 0 }, { clock })
    const waiting = clock.waiting()
    const first = chat(url, 'Hello', { max_tokens: 900 })
    await waiting
    expect((await chat(url, 'Hello', { max_tokens: 900 })).json().error.message).toContain('Used 908, Requested 908')
    clock.advance(10)
    const { usage } = (await first).json()
    expect((await first).headers['x-ratelimit-remaining-tokens']).toBe(String(1000 - usage.total_tokens))
  })

  it('are enforced in silence with noHeaders', async () => {
    const { url } = await start({ rpm: 1, noHeaders: true }, { clock: createFakeClock() })
    await chat(url, 'Hello')
    const { status, headers } = await chat(url, 'Hello')
    expect(status).toBe(429)
    expect(Object.keys(headers).filter(name => /ratelimit|retry/.test(name))).toEqual([])
  })
})

describe('the ledger', () => {
  it('charges what the answers report, at the price of their model', async () => {
    const simulator = await start({ noUsage: 0.2 })
    const price = createPricer(await loadPriceBook(), new Date())
    const prompts = Array.from({ length: 40 }, (_, index) => `Question ${index}`)
    const bodies = await Promise.all(prompts.map(prompt => chat(simulator.url, prompt).then(({ json }) => json())))
    const told = bodies.filter(body => body.usage !== undefined)
    const costs = told.map(({ model, usage }) =>
      price(model, {
        promptTokens: usage.prompt_tokens,
        cachedTokens: 0,
        cacheWriteTokens: 0,
        audioPromptTokens: 0,
        completionTokens: usage.completion_tokens,
        reasoningTokens: 0,
        audioCompletionTokens: 0,
      }),
    )
    const { cost_usd, charged_unseen, answered, completion_tokens } = simulator.ledger()
    expect(cost_usd).toBe(formatUsd(costs.reduce<bigint>((sum, cost) => sum + (cost ?? 0n), 0n)))
    expect(completion_tokens).toBe(told.reduce((sum, { usage }) => sum + usage.completion_tokens, 0))
    expect([answered, charged_unseen]).toEqual([40, 40 - told.length])
    expect(charged_unseen).toBeGreaterThan(0)
    expect(simulator.ledger().cost_usd_unseen).not.toBe('0')
  })

  it('says what it does not know the price of', async () => {
    const simulator = await start()
    await chat(simulator.url, 'Hello', { model: 'some-model-of-ours' })
    expect(simulator.ledger()).toMatchObject({ answered: 1, cost_usd: '0', cost_unknown_calls: 1 })
    expect(simulator.calls()).toMatchObject([{ cost_usd: null, state: 'answered' }])
  })

  it('knows a request again, and the id its client gave it', async () => {
    const simulator = await start()
    await chat(simulator.url, 'Same', { headers: { 'x-client-request-id': 'a-1' } })
    await chat(simulator.url, 'Same', { temperature: 1 })
    await chat(simulator.url, 'Other')
    const [one, two, three] = simulator.calls()
    expect([one?.client_request_id, two?.client_request_id]).toEqual(['a-1', null])
    expect(one?.key).toBe(two?.key)
    expect(one?.key).not.toBe(three?.key)
  })

  it('counts what is in flight at once', async () => {
    const clock = createFakeClock()
    const simulator = await start({ latencyMs: 10, latencySpread: 0 }, { clock })
    const calls: Promise<unknown>[] = []
    for (const prompt of ['a', 'b', 'c']) {
      const waiting = clock.waiting()
      calls.push(chat(simulator.url, prompt))
      await waiting
    }
    expect(simulator.ledger()).toMatchObject({ in_flight: 3, max_in_flight: 3, answered: 0 })
    clock.advance(10)
    await Promise.all(calls)
    expect(simulator.ledger()).toMatchObject({ in_flight: 0, max_in_flight: 3, answered: 3 })
  })

  it('charges the answer that its client did not wait for', async () => {
    const clock = createFakeClock()
    const simulator = await start({ latencyMs: 10, latencySpread: 0 }, { clock })
    const waiting = clock.waiting()
    const leave = new AbortController()
    const call = fetch(`${simulator.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }),
      signal: leave.signal,
    })
    await waiting
    const cancelled = clock.cancelled()
    leave.abort()
    await expect(call).rejects.toThrow()
    await cancelled
    expect(simulator.ledger()).toMatchObject({
      abandoned: 1,
      answered: 0,
      in_flight: 0,
      cost_usd: '0',
      charged_unseen: 1,
    })
    expect(simulator.calls()).toMatchObject([{ state: 'abandoned', status: null }])
  })
})
