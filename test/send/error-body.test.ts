import { describe, expect, it } from 'vitest'
import { readErrorBody } from '../../src/send/error-body.js'

describe('readErrorBody', () => {
  it.each([
    [
      'the API’s own',
      '{"error":{"code":"c","type":"t","message":"m","param":null}}',
      { code: 'c', type: 't', message: 'm' },
    ],
    ['a plain text', '{"error":"m"}', { message: 'm' }],
    [
      'a plain text with a code',
      '{"error":"m","code":"insufficient_quota"}',
      { code: 'insufficient_quota', message: 'm' },
    ],
    ['vLLM’s', '{"object":"error","message":"m","type":"t","code":404}', { code: '404', type: 't', message: 'm' }],
    ['FastAPI’s', '{"detail":"Not Found"}', { message: 'Not Found' }],
    ['an error of null', '{"error":null,"message":"m"}', { message: 'm' }],
    ['a page', '<html>', {}],
    ['a list', '[]', {}],
    ['a body cut short', '{"error":{"code":', {}],
    ['nothing', '', {}],
    ['a detail that is no text', '{"detail":[{"msg":"m"}]}', {}],
    ['a body too long to be an error', `{"error":"${'x'.repeat(1_000_001)}"}`, {}],
  ])('reads %s', (_title, body, expected) => {
    expect(readErrorBody(body)).toEqual({ code: undefined, type: undefined, message: undefined, ...expected })
  })
})
