import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { countChatTokens } from '../../src/pricing/chat-tokens.js'

/** One token a word: overhead is then easy to see. */
const countWords = (text: string): number => text.split(/\s+/).filter(word => word !== '').length

const text = (value: string) => ({ type: 'text', text: value })
const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1000)}` } }

describe('countChatTokens', () => {
  it.each<[string, JsonObject, number]>([
    ['3 for the start of the reply alone', { messages: [] }, 3],
    ['3 for a message, and its role and content', { messages: [{ role: 'user', content: 'one two' }] }, 3 + 3 + 1 + 2],
    [
      'every message',
      {
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hi' },
        ],
      },
      3 + (3 + 1 + 2) + (3 + 1 + 1),
    ],
    ['1 beside a name', { messages: [{ role: 'user', name: 'ann', content: 'hi' }] }, 3 + 3 + 1 + 1 + 1 + 1],
    ['text parts', { messages: [{ role: 'user', content: [text('one two'), text('three')] }] }, 3 + 3 + 1 + 3],
    ['an image by its own counter', { messages: [{ role: 'user', content: [text('look'), image] }] }, 7 + 1 + 500],
    [
      'nothing for sound',
      { messages: [{ role: 'user', content: [text('hear'), { type: 'input_audio', input_audio: { data: 'AAAA' } }] }] },
      7 + 1,
    ],
    [
      'a refusal given back',
      { messages: [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'no no' }] }] },
      9,
    ],
    ['nothing for a null', { messages: [{ role: 'assistant', content: null }] }, 7],
    [
      'tool calls as JSON',
      { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'a b c' }] }] },
      7 + countWords('[{"id":"a b c"}]'),
    ],
    ['the answer of a tool', { messages: [{ role: 'tool', tool_call_id: 'call', content: 'sunny today' }] }, 7 + 1 + 2],
    [
      'tools as JSON',
      { messages: [], tools: [{ description: 'two words' }] },
      3 + countWords('[{"description":"two words"}]'),
    ],
    ['functions as JSON', { messages: [], functions: [{ name: 'f g h' }] }, 3 + countWords('[{"name":"f g h"}]')],
    ['a schema as JSON', { messages: [], response_format: { type: 'a b' } }, 3 + countWords('{"type":"a b"}')],
    ['no parameter that the model does not read', { messages: [], tools: null, temperature: 1, user: 'a b c' }, 3],
    ['3 for a message that is none', { messages: ['hi'] }, 6],
    ['a body without messages', {}, 3],
  ])('counts %s', (_title, body, tokens) => {
    expect(countChatTokens(body, { countText: countWords, countImage: () => 500 })).toBe(tokens)
  })
})
