import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/model.js'
import { createChatBody, textMessage } from '../../src/prompt/chat-body.js'
import { canonicalJson } from '../../src/prompt/identity.js'

const params = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), fc.jsonValue(), { maxKeys: 5 })

describe('createChatBody', () => {
  it('writes what canonical JSON of the whole body would be', () => {
    fc.assert(
      fc.property(params, fc.string(), fc.string({ unit: 'binary' }), (extra, model, content) => {
        const { messages: _messages, model: _model, ...own } = extra as JsonObject
        const body = createChatBody(model, own)([textMessage('system', 's'), textMessage('user', content)])
        const messages = [
          { role: 'system', content: 's' },
          { role: 'user', content },
        ]
        expect(body).toBe(canonicalJson({ ...own, model, messages }))
      }),
    )
  })
})
