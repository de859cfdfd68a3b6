import { assert, json, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnswer, toEndpointError, toUsage } from '../../src/core/answer.js'

const completion = (choice: unknown, rest: object = {}): string =>
  JSON.stringify({ model: 'm-1', choices: [choice], usage: { prompt_tokens: 3, completion_tokens: 2 }, ...rest })

const said = (content: unknown, message: object = {}, finish_reason: string | null = 'stop') => ({
  index: 0,
  finish_reason,
  message: { role: 'assistant', content, ...message },
})

describe('readAnswer', () => {
  it('reads text, model, tier, finish reason and usage of a plain completion', () => {
    expect(readAnswer(completion(said('hi'), { service_tier: 'flex' }))).toEqual({
      status: 'ok',
      response: 'hi',
      finishReason: 'stop',
      flag: undefined,
      model: 'm-1',
      serviceTier: 'flex',
      usage: toUsage({ prompt_tokens: 3, completion_tokens: 2 }),
    })
  })

  it.each([
    ['S12: a cut answer is kept and flagged', said('half', {}, 'length'), { response: 'half', flag: 'truncated' }],
    [
      'an answer all spent on reasoning is kept and flagged',
      said('', {}, 'length'),
      { response: '', flag: 'truncated' },
    ],
    [
      'a filtered answer is kept and flagged',
      said(null, {}, 'content_filter'),
      { response: '', flag: 'content_filter' },
    ],
    ['S11: a refusal is the response, flagged', said(null, { refusal: 'No.' }), { response: 'No.', flag: 'refused' }],
    ['text beside a refusal is the response', said('Yes', { refusal: 'No.' }), { response: 'Yes', flag: undefined }],
    [
      'S11: tool calls are the response, as JSON',
      said(null, { tool_calls: [{ id: 'a' }] }, 'tool_calls'),
      { response: '[{"id":"a"}]', flag: undefined },
    ],
    [
      'the older function call is the response too',
      said(null, { tool_calls: null, function_call: { name: 'f' } }),
      { response: '{"name":"f"}' },
    ],
    ['no tool calls are no response', said(null, { tool_calls: [], refusal: 'No.' }), { response: 'No.' }],
    [
      'text parts are joined, others left out',
      said([{ type: 'text', text: 'a' }, { type: 'image' }, null, { type: 'text', text: 'b' }]),
      { response: 'ab' },
    ],
  ])('%s', (_title, choice, expected) => {
    expect(readAnswer(completion(choice))).toMatchObject({ status: 'ok', ...expected })
  })

  it.each([
    ['S11: null content is empty', completion(said(null))],
    ['S11: no choices are empty', JSON.stringify({ choices: [] })],
    ['S11: missing choices are empty', '{}'],
    ['a choice that is no object is empty', JSON.stringify({ choices: [null] })],
    [
      'tool calls too deep to be written as JSON are empty',
      completion(said(null, { tool_calls: ['@'] })).replace('"@"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    ],
  ])('%s', (_title, body) => {
    expect(readAnswer(body)).toMatchObject({ status: 'empty' })
  })

  it('still reports the usage of an empty completion, since it is paid for', () => {
    expect(readAnswer(completion(said('')))).toMatchObject({ status: 'empty', usage: { completionTokens: 2 } })
  })

  it.each([
    [
      'an error object',
      { error: { code: 'x', type: 't', message: 'boom' } },
      { code: 'x', type: 't', message: 'boom' },
    ],
    ['a plain text', { error: 'boom' }, { code: undefined, type: undefined, message: 'boom' }],
    ['a numeric code', { error: { code: 502, message: 'boom' } }, { code: '502', type: undefined, message: 'boom' }],
    ['an empty object', { error: {} }, { code: undefined, type: undefined, message: undefined }],
    ['an error in the choice', { choices: [{ error: { code: 500 }, finish_reason: 'error' }] }, { code: '500' }],
  ])('reads an error under status 200: %s', (_title, body, error) => {
    expect(readAnswer(JSON.stringify(body))).toMatchObject({ status: 'error', error })
  })

  it.each([[null], [false], ['']])('takes a completion beside "error": %j as the completion it is', error => {
    expect(readAnswer(completion(said('hi'), { error }))).toMatchObject({ status: 'ok', response: 'hi' })
  })

  it.each([
    ['a web page', ' \n<!doctype html><p>Sign in to the network'],
    ['an empty body', '  '],
    ['a body that is not JSON', '{"choices":[{"message":{"content":"cut he'],
    ['JSON that is not an object', '"fine"'],
    ['JSON that is not an object', '[]'],
  ])('S10: says that it got %s', (what, body) => {
    expect(readAnswer(body)).toEqual({ status: 'unreadable', message: expect.stringContaining(what) })
  })

  it('reads a body that begins with a byte order mark', () => {
    expect(readAnswer(`\uFEFF${completion(said('hi'))}`)).toMatchObject({ status: 'ok', response: 'hi' })
  })

  it('has a word for every body', () => {
    assert(
      property(
        oneof(
          json(),
          string(),
          json().map(json => `{"choices":[{"message":${json}}]}`),
        ),
        body => {
          expect(['ok', 'empty', 'error', 'unreadable']).toContain(readAnswer(body).status)
        },
      ),
    )
  })
})

const details = (prompt: object, completion: object = {}) => ({
  prompt_tokens: 10,
  completion_tokens: 5,
  prompt_tokens_details: prompt,
  completion_tokens_details: completion,
})

describe('toUsage', () => {
  it.each([
    [
      'takes the parts as they are',
      details({ cached_tokens: 4, cache_write_tokens: 3, audio_tokens: 1 }, { reasoning_tokens: 2 }),
      { cachedTokens: 4, cacheWriteTokens: 3, audioPromptTokens: 1, reasoningTokens: 2 },
    ],
    [
      'takes absent details as none',
      { prompt_tokens: 10, completion_tokens: 5 },
      { cachedTokens: 0, reasoningTokens: 0 },
    ],
    ['takes null details as none', { ...details({}), prompt_tokens_details: null }, { cachedTokens: 0 }],
    [
      'never lets a part exceed its whole',
      details({ cached_tokens: 99 }, { reasoning_tokens: 99 }),
      { cachedTokens: 10, cacheWriteTokens: 0, reasoningTokens: 5 },
    ],
    ['takes a negative part as none', details({ cached_tokens: -1 }), { cachedTokens: 0 }],
    ['takes the completion from the total', { prompt_tokens: 10, total_tokens: 12 }, { completionTokens: 2 }],
  ])('%s', (_title, usage, expected) => {
    expect(toUsage(usage)).toMatchObject({ promptTokens: 10, ...expected })
  })

  it.each([
    [undefined],
    [null],
    ['12'],
    [{}],
    [{ prompt_tokens: 5 }],
    [{ prompt_tokens: -5, completion_tokens: 1 }],
    [{ prompt_tokens: 1.5, completion_tokens: 1 }],
    [{ prompt_tokens: 5, total_tokens: 4 }],
    [{ prompt_tokens: 1e300, completion_tokens: 1 }],
  ])('S13: knows no usage from %j', usage => {
    expect(toUsage(usage)).toBeUndefined()
  })
})

describe('toEndpointError', () => {
  it.each([[null], [7], [[]], [{ code: null, type: '', message: 3 }]])('finds nothing to say in %j', value => {
    expect(toEndpointError(value)).toEqual({ code: undefined, type: undefined, message: undefined })
  })
})
