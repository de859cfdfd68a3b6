import { describe, expect, it } from 'vitest'
import { readAnswer } from '../../src/core/answer.js'
import { parseChatRequest } from '../../src/simulator/chat-request.js'
import { writeChoices } from '../../src/simulator/completion.js'
import { sumUsage, toCompletionBody } from '../../src/simulator/completion-body.js'
import type { AnswerKind } from '../../src/simulator/options.js'
import { createWordCounter } from '../../src/simulator/word-counter.js'

const countText = createWordCounter(() => 1)
const settings = { seed: 1, outputTokens: 40, outputSpread: 0.4 }

const requestOf = (rest: object = {}) => {
  const messages = [{ role: 'user', content: 'Name the largest river of Africa' }]
  const parsed = parseChatRequest(JSON.stringify({ model: 'gpt-4o', messages, ...rest }))
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.request
}

const write = (rest: object = {}, kind: AnswerKind = 'plain', changed: Partial<typeof settings> = {}) =>
  writeChoices(requestOf(rest), kind, {
    settings: { ...settings, ...changed },
    countText,
    countExactly: text => text.length,
  })

const messageOf = (...asked: Parameters<typeof write>) => write(...asked)[0]?.message

describe('writeChoices', () => {
  it('says the same to the same model, messages and seed, whatever the parameters', () => {
    expect(write({ temperature: 1.5, max_completion_tokens: 500 })).toEqual(write())
  })

  it.each([
    ['another model', { model: 'gpt-4.1' }, {}],
    ['other messages', { messages: [{ role: 'user', content: 'Name the largest lake of Africa' }] }, {}],
    ['another seed', {}, { seed: 2 }],
  ])('says something else to %s', (_title, rest, changed) => {
    expect(messageOf(rest, 'plain', changed)).not.toEqual(messageOf())
  })

  it('gives as many choices as asked for, each its own', () => {
    const choices = write({ n: 3 })
    expect(new Set(choices.map(({ message }) => message['content'])).size).toBe(3)
    const total = choices.reduce((sum, choice) => sum + choice.completionTokens, 0)
    expect(sumUsage(10, 0, choices)).toMatchObject({ promptTokens: 10, completionTokens: total })
  })

  it('cuts at the token limit and says so', () => {
    const [choice] = write({ max_tokens: 5 })
    expect(choice).toMatchObject({ finishReason: 'length', completionTokens: 5, reasoningTokens: 0 })
    expect(choice?.message['content']).toMatch(/^\S+ \S+ \S+ \S+/)
  })

  it('bills reasoning within the completion, and can use a whole limit up by it', () => {
    const [free] = write({ model: 'o4-mini' })
    expect(free?.reasoningTokens).toBeGreaterThan(0)
    expect((free?.reasoningTokens ?? 0) % 64).toBe(0)
    expect(free?.completionTokens).toBeGreaterThan(free?.reasoningTokens ?? 0)
    const [starved] = write({ model: 'o4-mini', max_completion_tokens: 50 })
    expect(starved).toMatchObject({ finishReason: 'length', completionTokens: 50, reasoningTokens: 50 })
    expect(starved?.message['content']).toBe('')
    expect(write({ model: 'gpt-5', reasoning_effort: 'minimal' })[0]?.reasoningTokens).toBe(0)
  })

  it('draws lengths around the mean asked for', () => {
    const lengths = Array.from({ length: 300 }, (_, seed) => write({}, 'plain', { seed })[0]?.completionTokens ?? 0)
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
    expect(Math.abs(mean - 40)).toBeLessThan(3)
    expect(Math.min(...lengths)).toBeLessThan(25)
    expect(Math.max(...lengths)).toBeGreaterThan(60)
  })

  it('draws one length only without a spread', () => {
    const lengths = Array.from({ length: 50 }, (_, seed) => write({}, 'plain', { seed, outputSpread: 0 })[0])
    for (const choice of lengths) expect(Math.abs((choice?.completionTokens ?? 0) - 40)).toBeLessThan(10)
  })

  it('refuses, calls a tool or is cut where the kind says so', () => {
    expect(write({}, 'refusal')[0]).toMatchObject({ finishReason: 'stop', message: { content: null } })
    expect(messageOf({}, 'refusal')?.['refusal']).toContain('cannot help')
    expect(write({}, 'finishLength')[0]).toMatchObject({ finishReason: 'length', message: { refusal: null } })
    const tools = [{ type: 'function', function: { name: 'find_river' } }]
    expect(write({ tools }, 'toolCall')[0]).toMatchObject({
      finishReason: 'tool_calls',
      message: { content: null, tool_calls: [{ type: 'function', function: { name: 'find_river' } }] },
    })
    expect(messageOf({}, 'toolCall')).toMatchObject({ tool_calls: [{ function: { name: 'lookup' } }] })
  })

  it('reads the words of messages made of parts', () => {
    const parts = [{ type: 'text', text: 'Zanzibar Zanzibar' }, { type: 'image_url', image_url: { url: 'x' } }, 7, null]
    expect(messageOf({ messages: [{ role: 'user', content: parts }] })?.['content']).toContain('Zanzibar')
  })
})

describe('toCompletionBody', () => {
  it('has the fields of the API, and its usage reads as it was charged', () => {
    const choices = write({ model: 'gpt-5', n: 2 })
    const usage = sumUsage(2000, 1024, choices)
    const body = toCompletionBody({ id: 'abc', model: 'gpt-5', serviceTier: 'default', choices, usage }, 1_700_000_000)
    expect(JSON.parse(body)).toMatchObject({
      id: 'chatcmpl-abc',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'gpt-5',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
        { index: 1 },
      ],
      usage: {
        prompt_tokens: 2000,
        total_tokens: 2000 + usage.completionTokens,
        prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
        completion_tokens_details: { accepted_prediction_tokens: 0, rejected_prediction_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'default',
      system_fingerprint: 'fp_simulated',
    })
    expect(readAnswer(body)).toMatchObject({ status: 'ok', usage })
  })

  it('leaves usage out where it is not told', () => {
    const parts = { id: 'abc', model: 'gpt-4o', serviceTier: 'default', choices: [], usage: undefined }
    expect(Object.keys(JSON.parse(toCompletionBody(parts, 0)))).not.toContain('usage')
  })
})

describe('writeChoices in JSON', () => {
  const messages = [{ role: 'user', content: 'Name the largest river of Africa as JSON' }]
  const asked = { messages, response_format: { type: 'json_object' } }
  const contentOf = (...given: Parameters<typeof write>): string => {
    const content = messageOf(...given)?.['content']
    return typeof content === 'string' ? content : ''
  }

  it('answers with JSON, as long as it is', () => {
    const [choice] = write(asked)
    const content = contentOf(asked)
    expect(JSON.parse(content)).toBeTypeOf('object')
    expect(choice?.completionTokens).toBe(content.length)
  })

  it('cuts it at the token limit like any other answer', () => {
    const [choice] = write({ ...asked, max_tokens: 6 })
    expect(choice).toMatchObject({ finishReason: 'length', completionTokens: 6 })
    expect(() => JSON.parse(contentOf({ ...asked, max_tokens: 6 })) as unknown).toThrow(SyntaxError)
  })

  it('gets it wrong where the kind says so, and answers with text as ever where none was asked for', () => {
    expect(contentOf(asked, 'invalidJson')).not.toBe(contentOf(asked))
    expect(write({}, 'invalidJson')).toEqual(write({}))
  })
})
