import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isReasoningModel, parseChatRequest } from '../../src/simulator/chat-request.js'

const messages = [{ role: 'user', content: 'Hello' }]
const parse = (body: unknown, deployment?: string) => parseChatRequest(JSON.stringify(body), deployment)
const requestOf = (body: unknown) => {
  const parsed = parse(body)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.request
}

const keyOf = ({ model, content }: { model: string; content: string }, rest: object = {}): string =>
  requestOf({ model, messages: [{ role: 'user', content }], ...rest }).key

describe('parseChatRequest', () => {
  it.each([
    ['a body that is not JSON', '{"model":', 400, null, null],
    ['a body that is no object', '[1]', 400, null, null],
    ['no model', { messages }, 400, null, null],
    ['no messages', { model: 'gpt-4o' }, 400, 'missing_required_parameter', 'messages'],
    ['messages that are text', { model: 'gpt-4o', messages: 'Hello' }, 400, 'invalid_type', 'messages'],
    ['no message in messages', { model: 'gpt-4o', messages: [] }, 400, 'empty_array', 'messages'],
    [
      'a message without role',
      { model: 'gpt-4o', messages: [messages[0], { content: 'x' }] },
      400,
      'missing_required_parameter',
      'messages[1].role',
    ],
    ['a model that is not there', { model: 'no-such-model', messages }, 404, 'model_not_found', null],
    ['max_tokens of 0', { model: 'gpt-4o', messages, max_tokens: 0 }, 400, 'integer_below_min_value', 'max_tokens'],
    [
      'half a token',
      { model: 'gpt-4o', messages, max_completion_tokens: 1.5 },
      400,
      'invalid_type',
      'max_completion_tokens',
    ],
    [
      'max_tokens for a reasoning model',
      { model: 'o4-mini', messages, max_tokens: 9 },
      400,
      'unsupported_parameter',
      'max_tokens',
    ],
    ['more choices than there can be', { model: 'gpt-4o', messages, n: 129 }, 400, 'integer_above_max_value', 'n'],
    [
      'JSON that no message speaks of',
      { model: 'gpt-4o', messages, response_format: { type: 'json_object' } },
      400,
      null,
      'messages',
    ],
    [
      'a form of answer that there is not',
      { model: 'gpt-4o', messages, response_format: { type: 'xml' } },
      400,
      'invalid_value',
      'response_format.type',
    ],
    [
      'a schema without a name',
      { model: 'gpt-4o', messages, response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      400,
      'invalid_value',
      'response_format.json_schema.name',
    ],
    [
      'an open schema in strict mode',
      {
        model: 'gpt-4o',
        messages,
        response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: { type: 'object' } } },
      },
      400,
      null,
      'response_format',
    ],
    ['a stream', { model: 'gpt-4o', messages, stream: true }, 400, 'unsupported_value', 'stream'],
  ])('refuses %s as the API does', (_title, body, status, code, param) => {
    const parsed = parseChatRequest(typeof body === 'string' ? body : JSON.stringify(body))
    expect(parsed).toMatchObject({ ok: false, error: { status, code, param, type: 'invalid_request_error' } })
  })

  it('reads what matters of a request', () => {
    const body = { model: 'gpt-4o', messages, max_tokens: 7, max_completion_tokens: 5, n: 2, service_tier: 'flex' }
    expect(requestOf(body)).toMatchObject({ model: 'gpt-4o', maxTokens: 5, n: 2, serviceTier: 'flex' })
    expect(requestOf({ model: 'gpt-4o', messages, n: null, service_tier: 'auto' })).toMatchObject({
      maxTokens: undefined,
      n: 1,
      serviceTier: 'default',
    })
  })

  it('takes the model from the path where the body names none', () => {
    expect(parse({ messages }, 'my-deployment')).toMatchObject({ ok: true, request: { model: 'my-deployment' } })
    expect(parse({ model: 'gpt-4o', messages }, 'mine')).toMatchObject({ ok: true, request: { model: 'gpt-4o' } })
  })

  it('gives equal keys to equal model and messages, and to them alone', () => {
    const prompt = fc.record({ model: fc.constantFrom('gpt-4o', 'gpt-5'), content: fc.string({ unit: 'binary' }) })
    fc.assert(
      fc.property(prompt, prompt, (one, other) => {
        expect(keyOf(one, { temperature: 0.5, max_completion_tokens: 3 })).toBe(keyOf(one))
        expect(keyOf(one) === keyOf(other)).toBe(one.model === other.model && one.content === other.content)
      }),
    )
  })
})

describe('isReasoningModel', () => {
  it.each([
    ['o1', true],
    ['o3-mini', true],
    ['gpt-5', true],
    ['gpt-5.4-mini', true],
    ['gpt-6-sol', true],
    ['gpt-10', true],
    ['gpt-5-chat-latest', false],
    ['gpt-4o', false],
    ['gpt-4.1', false],
    ['gpt-oss-120b', false],
    ['ollama-3', false],
  ])('%s: %s', (model, reasoning) => {
    expect(isReasoningModel(model)).toBe(reasoning)
  })
})
