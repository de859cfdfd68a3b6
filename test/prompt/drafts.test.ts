import { describe, expect, it } from 'vitest'
import type { JsonObject, Row } from '../../src/core/model.js'
import { createDrafts, type DraftOrFault, type PromptSettings } from '../../src/prompt/drafts.js'
import type { InputShape, MessageTemplate } from '../../src/prompt/templates.js'

const plain: PromptSettings = { prompt: undefined, system: undefined, model: 'gpt-4o-mini', params: {} }
const table: InputShape = { form: 'table', columns: ['id', 'prompt'] }
const json: InputShape = { form: 'json', columns: ['prompt'] }

const tableRow = (...cells: string[]): Row => ({ form: 'table', index: 4, line: 6, cells })
const jsonRow = (text: string): Row => ({
  form: 'json',
  index: 4,
  line: 6,
  text,
  record: JSON.parse(text) as JsonObject,
})
const named = (source: string) => ({ name: '--prompt', source })

const bodyOf = (draft: DraftOrFault): JsonObject => {
  if (draft.fault !== undefined) throw new Error(`a fault: ${draft.fault.message}`)
  return JSON.parse(draft.body) as JsonObject
}
const messagesOf = (draft: DraftOrFault) => bodyOf(draft)['messages']
const faultOf = (draft: DraftOrFault) => draft.fault?.code

describe('the draft of a table row', () => {
  it('sends the column prompt', () => {
    const draft = createDrafts(plain, table).toDraft(tableRow('1', 'say "hi"'))
    expect(bodyOf(draft)).toEqual({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'say "hi"' }] })
    expect(draft).toMatchObject({ row: 4, line: 6, path: '/chat/completions', model: 'gpt-4o-mini' })
  })

  it('fills templates in and puts the system message first', () => {
    const settings = {
      ...plain,
      prompt: named('#{{id}}: {{prompt}}'),
      system: { name: '--system', source: 'Be {{id}}' },
    }
    expect(messagesOf(createDrafts(settings, table).toDraft(tableRow('1', 'x')))).toEqual([
      { role: 'system', content: 'Be 1' },
      { role: 'user', content: '#1: x' },
    ])
  })

  it('carries the parameters', () => {
    const settings = { ...plain, params: { temperature: 0, stop: ['\n'] } }
    expect(bodyOf(createDrafts(settings, table).toDraft(tableRow('1', 'x')))).toMatchObject(settings.params)
  })

  it('calls a blank prompt empty', () => {
    expect(faultOf(createDrafts(plain, table).toDraft(tableRow('1', ' \n')))).toBe('empty_prompt')
  })

  it('is refused before the first row when a column is unknown', () => {
    expect(() => createDrafts({ ...plain, prompt: named('{{nmae}}') }, table)).toThrow(/nmae/)
    expect(() => createDrafts({ ...plain, system: named('{{sytem}}') }, table)).toThrow(/sytem/)
  })

  it('is refused before the first row when there is neither a column prompt nor a template', () => {
    expect(() => createDrafts(plain, { form: 'table', columns: ['text'] })).toThrow(/no column "prompt"/)
  })

  it('is refused before the first row when no model is given', () => {
    expect(() => createDrafts({ ...plain, model: undefined }, table)).toThrow(/No model/)
  })

  it('I4: reads columns named like parts of an object', () => {
    const shape: InputShape = { form: 'table', columns: ['__proto__', 'constructor'] }
    const drafts = createDrafts({ ...plain, prompt: named('{{__proto__}} {{constructor}}') }, shape)
    expect(messagesOf(drafts.toDraft(tableRow('a', 'b')))).toEqual([{ role: 'user', content: 'a b' }])
  })
})

describe('the draft of a JSON row', () => {
  it.each([
    ['texts as they are', '{"v":"a\\nb"}', 'a\nb'],
    ['numbers as they were written', '{"v":12345678901234567890.10}', '12345678901234567890.10'],
    ['null as nothing', '{"v":null}', ''],
    ['booleans by name', '{"v":false}', 'false'],
    ['lists and objects as their JSON', '{"v":{"a": [1, 2]}}', '{"a": [1, 2]}'],
  ])('puts in %s', (_title, text, expected) => {
    const drafts = createDrafts({ ...plain, prompt: named('<{{v}}>') }, json)
    expect(messagesOf(drafts.toDraft(jsonRow(text)))).toEqual([{ role: 'user', content: `<${expected}>` }])
  })

  it('goes on with the row’s own conversation', () => {
    const row = jsonRow('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}')
    expect(messagesOf(createDrafts(plain, json).toDraft(row))).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ])
  })

  it.each([
    ['puts the system message before a conversation', 'user', 2],
    ['leaves a conversation with its own system message alone', 'system', 1],
    ['takes a developer message for a system message', 'developer', 1],
  ])('%s', (_title, role, length) => {
    const drafts = createDrafts({ ...plain, system: named('Be brief') }, json)
    expect(messagesOf(drafts.toDraft(jsonRow(`{"messages":[{"role":"${role}","content":"a"}]}`)))).toHaveLength(length)
  })

  it.each([
    ['messages that are no list', '{"messages":"hi"}', 'invalid_messages'],
    ['no message', '{"messages":[]}', 'invalid_messages'],
    ['a message without a role', '{"messages":[{"content":"a"}]}', 'invalid_messages'],
    ['messages without text', '{"messages":[{"role":"user","content":" "}]}', 'empty_prompt'],
    ['a missing prompt', '{"other":1}', 'missing_value'],
    ['another API path', '{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}}', 'unsupported_request'],
    ['another method', '{"method":"GET","url":"/v1/chat/completions","body":{}}', 'unsupported_request'],
    [
      'a streamed answer',
      '{"url":"/v1/chat/completions","body":{"model":"m","stream":true,"messages":[{"role":"user","content":"a"}]}}',
      'unsupported_request',
    ],
  ])('finds the fault: %s', (_title, text, code) => {
    expect(faultOf(createDrafts(plain, json).toDraft(jsonRow(text)))).toBe(code)
  })

  it.each([
    ['a prompt', '{"prompt":"cut \\ud83d"}'],
    ['a conversation', '{"messages":[{"role":"user","content":"\\ude00"}]}'],
  ])('I7: finds half an emoji in %s, which no endpoint takes', (_title, text) => {
    expect(faultOf(createDrafts(plain, json).toDraft(jsonRow(text)))).toBe('invalid_row')
  })

  it('takes a backslash followed by ud83d for what it is', () => {
    expect(faultOf(createDrafts(plain, json).toDraft(jsonRow('{"prompt":"\\\\ud83d"}')))).toBeUndefined()
  })
})

describe('the draft of a Batch API line', () => {
  const line = (body: string): Row =>
    jsonRow(`{"custom_id":"a-1","method":"POST","url":"/v1/chat/completions","body":${body}}`)
  const settings = { ...plain, params: { temperature: 0 } }

  it('sends the body as it was written, without flags', () => {
    const body = '{ "model": "gpt-5", "seed": 12345678901234567890, "messages": [{"role":"user","content":"a"}] }'
    const draft = createDrafts(settings, json).toDraft(line(body))
    expect(draft).toMatchObject({ body, model: 'gpt-5' })
  })

  it.each([
    ['has no model', '{"messages":[{"role":"user","content":"a"}]}'],
    ['leaves it null', '{"model":null,"messages":[{"role":"user","content":"a"}]}'],
  ])('adds the model alone when the body %s', (_what, body) => {
    const draft = createDrafts(settings, json).toDraft(line(body))
    expect(bodyOf(draft)).toEqual({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'a' }] })
  })

  it('needs no --model when the lines bring theirs', () => {
    const drafts = createDrafts({ ...plain, model: undefined }, json)
    expect(faultOf(drafts.toDraft(line('{"model":"m","messages":[{"role":"user","content":"a"}]}')))).toBeUndefined()
  })
})

describe('identity', () => {
  const keyOf = (settings: PromptSettings, row: Row, shape = table): string | undefined => {
    const draft = createDrafts(settings, shape).toDraft(row)
    return draft.fault === undefined ? draft.key : undefined
  }

  it('does not depend on the row’s place', () => {
    const moved: Row = { form: 'table', index: 0, line: 2, cells: ['9', 'x'] }
    expect(keyOf(plain, moved)).toBe(keyOf(plain, tableRow('1', 'x')))
  })

  it.each([
    ['the model', { model: 'gpt-4o' }],
    ['the template', { prompt: named('{{prompt}}!') }],
    ['the system message', { system: named('Be brief') }],
    ['a parameter', { params: { seed: 1 } }],
  ])('changes with %s', (_title, change) => {
    expect(keyOf({ ...plain, ...change }, tableRow('1', 'x'))).not.toBe(keyOf(plain, tableRow('1', 'x')))
  })

  it('is the same for the same request from a table and from JSONL', () => {
    expect(keyOf(plain, jsonRow('{"prompt":"x"}'), json)).toBe(keyOf(plain, tableRow('1', 'x')))
  })
})

describe('a conversation of templates', () => {
  const say = (role: MessageTemplate['role'], source: string): MessageTemplate => ({
    role,
    content: { name: `--messages, ${role}`, source },
  })
  const fewShot = [
    say('system', 'Translate into {{language}}'),
    say('user', 'Hello'),
    say('assistant', 'Bonjour'),
    say('user', '{{prompt}}'),
  ]
  const shape: InputShape = { form: 'table', columns: ['language', 'prompt'] }
  const draftOf = (messages: readonly MessageTemplate[], ...cells: string[]) =>
    createDrafts({ ...plain, messages }, shape).toDraft(tableRow(...cells))

  it('is filled in message by message', () => {
    expect(messagesOf(draftOf(fewShot, 'French', 'Good night'))).toEqual([
      { role: 'system', content: 'Translate into French' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Bonjour' },
      { role: 'user', content: 'Good night' },
    ])
  })

  it('needs no column prompt', () => {
    const drafts = createDrafts({ ...plain, messages: [say('user', 'Hi')] }, { form: 'table', columns: ['id'] })
    expect(messagesOf(drafts.toDraft(tableRow('1')))).toEqual([{ role: 'user', content: 'Hi' }])
  })

  it('leaves out an instruction that is empty for the row', () => {
    expect(messagesOf(draftOf([say('developer', '{{language}}'), say('user', '{{prompt}}')], ' ', 'x'))).toEqual([
      { role: 'user', content: 'x' },
    ])
  })

  it.each([
    ['the last message of the user', fewShot],
    ['the last message, when none is the user’s', [say('system', '{{prompt}}')]],
    ['the user’s, when an answer is begun after it', [say('user', '{{prompt}}'), say('assistant', 'So: ')]],
  ])('asks nothing when %s is empty', (_what, messages) => {
    expect(faultOf(draftOf(messages, 'French', ' '))).toBe('empty_prompt')
  })

  it('goes before the messages of a row', () => {
    const drafts = createDrafts({ ...plain, messages: fewShot }, json)
    const row = jsonRow('{"prompt":"x","language":"y","messages":[{"role":"user","content":"own"}]}')
    expect(messagesOf(drafts.toDraft(row))).toHaveLength(4)
  })

  it('is refused before the first row when a column is unknown, by the name of its message', () => {
    expect(() => createDrafts({ ...plain, messages: [say('user', '{{promt}}')] }, shape)).toThrow(
      /^--messages, user names the column "promt"/,
    )
  })

  it('has the identity of the same request made in another way', () => {
    const one = draftOf([say('system', 'Be brief'), say('user', '{{prompt}}')], 'French', 'x')
    const settings = { ...plain, prompt: named('{{prompt}}'), system: { name: '--system', source: 'Be brief' } }
    const other = createDrafts(settings, shape).toDraft(tableRow('French', 'x'))
    expect(one.fault ?? one.key).toBe(other.fault ?? other.key)
  })
})

describe('the columns of a template', () => {
  it.each([
    ['first name', '{{first name}}'],
    ['file.name', '{{ file.name }}'],
    ['评论 内容', '{{评论 内容}}'],
    ['a|b:c"d', '{{a|b:c"d}}'],
    // A header line with blanks after its commas.
    [' review ', '{{review}}'],
  ])('may be called %j', (column, source) => {
    const drafts = createDrafts({ ...plain, prompt: named(source) }, { form: 'table', columns: ['id', column] })
    expect(messagesOf(drafts.toDraft(tableRow('1', 'x')))).toEqual([{ role: 'user', content: 'x' }])
  })

  it('are not guessed where two differ in their blanks alone', () => {
    const shape: InputShape = { form: 'table', columns: [' a', 'a '] }
    expect(() => createDrafts({ ...plain, prompt: named('{{a}}') }, shape)).toThrow(/names the column "a"/)
    expect(() => createDrafts({ ...plain, prompt: named('{{a}}') }, { ...shape, columns: [' a', 'a'] })).not.toThrow()
  })
})
