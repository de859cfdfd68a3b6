import { describe, expect, it } from 'vitest'
import type { PromptSettings } from '../../src/prompt/drafts.js'
import { describeFixedText } from '../../src/prompt/fixed-text.js'

const table = { form: 'table', columns: ['id', 'prompt', ' first name '] } as const
const json = { form: 'json', columns: [] } as const
const named = (source: string) => ({ name: '--prompt', source })
const user = (source: string) => ({ role: 'user', content: named(source) }) as const

const settings = (given: Partial<PromptSettings>): PromptSettings => ({
  prompt: undefined,
  system: undefined,
  model: 'm',
  params: {},
  ...given,
})

describe('a template without a column', () => {
  it.each<[string, Partial<PromptSettings>, string]>([
    ['alone', { prompt: named('Say hi') }, 'write a column as {{name}}'],
    ['with braces that name no column', { prompt: named('{"a": 1} {x}') }, 'write a column as {{name}}'],
    ['with a column in single braces', { prompt: named('{"a": 1} x {prompt}') }, 'write {{prompt}} for {prompt}'],
    ['with blanks around its name', { prompt: named('x { first name }') }, 'write {{first name}} for {first name}'],
    ['in the system message', { prompt: named('x'), system: named('{id}') }, 'write {{id}} for {id}'],
    ['in a conversation', { messages: [user('a {id}')] }, 'write {{id}} for {id}'],
    ['behind escaped braces', { prompt: named('{{{{prompt}}') }, 'write a column as {{name}}'],
  ])('is told: %s', (_where, given, advice) => {
    const said = describeFixedText(settings(given), table)
    expect(said).toContain('every row is sent the same text')
    expect(said).toContain(advice)
  })

  it('may name any key of JSON rows', () => {
    expect(describeFixedText(settings({ prompt: named('x {key} {"a":1}') }), json)).toContain('{{key}}')
  })

  it.each<[string, Partial<PromptSettings>]>([
    ['it names a column', { prompt: named('{{prompt}} {id}') }],
    ['its system message does', { prompt: named('x'), system: named('{{id}}') }],
    ['there is none', {}],
    ['rows bring images', { prompt: named('x'), images: { columns: ['id'], detail: undefined } }],
    ['rows bring settings', { prompt: named('x'), rowParams: ['model'] }],
  ])('is no matter where %s', (_why, given) => {
    expect(describeFixedText(settings(given), table)).toBeUndefined()
  })
})
