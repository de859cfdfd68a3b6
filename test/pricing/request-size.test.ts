import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { asksForSound, createMeasurer, type RequestSize, searchesWeb } from '../../src/pricing/request-size.js'

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

  it.each(['input_audio', 'file', 'video_url'])('with a part of type %s is not wholly counted', async type => {
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

  it.each<[string, JsonObject, boolean]>([
    ['nothing else', {}, false],
    ['text alone', { modalities: ['text'], audio: null }, false],
    ['text and sound', { modalities: ['text', 'audio'] }, true],
    ['a voice', { audio: { voice: 'alloy', format: 'wav' } }, true],
  ])('that asks for %s: asks for sound %j', (_title, body, asks) => {
    expect(asksForSound({ model: 'gpt-audio', ...body })).toBe(asks)
  })

  it.each<[JsonObject, boolean]>([
    [{ model: 'gpt-4o' }, false],
    [{ model: 'gpt-4o', web_search_options: null }, false],
    [{ model: 'gpt-4o', web_search_options: {} }, true],
    [{ model: 'gpt-4o-search-preview' }, true],
    [{ model: 'openai/gpt-4o-mini-search-preview-2025-03-11' }, true],
    [{ model: 'gpt-5-search-api' }, true],
    [{ model: 'my-search-engine' }, false],
  ])('%j searches the web: %j', (body, searches) => {
    expect(searchesWeb(body)).toBe(searches)
  })

  it.each<[string, JsonObject, boolean]>([
    ['texts and images', { content: ['a', { type: 'image_url', image_url: { url: 'https://a/b.png' } }] }, false],
    ['a refusal', { content: [{ type: 'refusal', refusal: 'no' }], audio: null }, false],
    ['an earlier answer of sound', { content: null, audio: { id: 'audio_abc' } }, true],
  ])('with %s: uncounted %j', async (_title, message, uncounted) => {
    expect(await measure({ model: 'gpt-4o', messages: [{ role: 'assistant', ...message }] })).toMatchObject({
      uncounted,
    })
  })
})
