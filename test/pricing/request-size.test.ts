import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { createMeasurer, type RequestSize } from '../../src/pricing/request-size.js'

const measure = async (body: JsonObject): Promise<RequestSize | undefined> =>
  (await createMeasurer()([JSON.stringify(body)]))[0]

const messages = [{ role: 'user', content: 'hi' }]

describe('a request', () => {
  it.each<[string, JsonObject, Partial<RequestSize>]>([
    ['has prompt tokens', {}, { promptTokens: 8, choices: 1 }],
    ['names its service tier', { service_tier: 'flex' }, { serviceTier: 'flex' }],
    ['may ask for several answers', { n: 3 }, { choices: 3 }],
    ['may limit its answers', { max_completion_tokens: 50 }, { maxTokens: 50 }],
    ['may limit them by the older name', { max_tokens: 40 }, { maxTokens: 40 }],
    ['need not limit them', {}, { maxTokens: undefined, serviceTier: undefined }],
    ['may go to a model that does not think', {}, { reasons: false }],
    ['may go to a model that thinks', { model: 'gpt-5-mini' }, { reasons: true }],
    ['may tell it not to think', { model: 'gpt-5-mini', reasoning_effort: 'minimal' }, { reasons: false }],
    ['may have a limit that is none', { max_tokens: null, n: null }, { maxTokens: undefined, choices: 1 }],
  ])('%s', async (_title, extra, size) => {
    expect(await measure({ model: 'gpt-4o-mini', messages, ...extra })).toMatchObject(size)
  })

  it.each(['input_audio', 'file'])('with a part of type %s is not wholly counted', async type => {
    const content = [
      { type: 'text', text: 'hi' },
      { type, data: 'AAAA' },
    ]
    expect(await measure({ model: 'gpt-4o', messages: [{ role: 'user', content }] })).toMatchObject({
      uncounted: true,
      promptTokens: 8,
    })
  })

  it('is counted by its own model among others', async () => {
    const bodies = ['gpt-4', 'gpt-4o', 'gpt-4'].map(model =>
      JSON.stringify({ model, messages: [{ role: 'user', content: '今天天气很好，我们去公园吧' }] }),
    )
    const [first, second, third] = await createMeasurer()(bodies)
    expect(first).toEqual(third)
    expect(first?.promptTokens).toBeGreaterThan(second?.promptTokens ?? 0)
  })
})
