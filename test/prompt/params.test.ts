import { describe, expect, it } from 'vitest'
import { toParams } from '../../src/prompt/params.js'

const maxTokensName = 'max_completion_tokens'

describe('toParams', () => {
  it('gives each flag its API name', () => {
    const flags = { temperature: 0, topP: 0.9, maxTokens: 50, maxTokensName, seed: 7, reasoningEffort: 'low' } as const
    expect(toParams(flags)).toEqual({
      temperature: 0,
      top_p: 0.9,
      max_completion_tokens: 50,
      seed: 7,
      reasoning_effort: 'low',
    })
  })

  it('sends the token limit under the older name when told to', () => {
    expect(toParams({ maxTokens: 5, maxTokensName: 'max_tokens' })).toEqual({ max_tokens: 5 })
  })

  it('reads any JSON in --param', () => {
    const param = ['presence_penalty=0.5', 'stop=["a","="]', 'user="x=y"', 'logprobs=true']
    expect(toParams({ maxTokensName, param })).toEqual({
      presence_penalty: 0.5,
      stop: ['a', '='],
      user: 'x=y',
      logprobs: true,
    })
  })

  it.each(['__proto__', 'constructor', 'toString'])('sends a parameter named %s like any other', name => {
    expect(Object.entries(toParams({ maxTokensName, param: [`${name}={"a":1}`] }))).toEqual([[name, { a: 1 }]])
  })

  it.each([
    ['a text without quotes', ['user=me'], /not JSON/],
    ['a missing value', ['user'], /KEY=JSON/],
    ['a missing key', ['=1'], /KEY=JSON/],
    ['the model', ['model="x"'], /cannot set model/],
    ['messages', ['messages=[]'], /cannot set messages/],
    ['streaming', ['stream=true'], /cannot set stream/],
    ['a limit under both its names', ['max_tokens=1', 'max_completion_tokens=1'], /two names of one limit/],
    ['a parameter that a flag sets too', ['seed=1', 'seed=2'], /seed is set twice/],
  ])('refuses %s', (_title, param, message) => {
    expect(() => toParams({ maxTokensName, param })).toThrow(message)
  })

  it('refuses a limit beside the same limit by its other name', () => {
    const flags = { maxTokens: 5, maxTokensName, param: ['max_tokens=7'] } as const
    expect(() => toParams(flags)).toThrow('two names of one limit')
  })

  it('never repeats a value in its error', () => {
    expect(() => toParams({ maxTokensName, param: ['user=sk-secret'] })).not.toThrow(/sk-secret/)
  })
})
