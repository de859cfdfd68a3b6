import { describe, expect, it } from 'vitest'
import { checkGiven } from '../../src/core/given-options.js'
import { runOptions } from '../../src/core/options.js'

const taken = {
  name: 'run',
  table: runOptions,
  own: { input: 'any', apiKey: 'text', onPlan: 'function', signal: 'signal' },
} as const

const refusal = (options: unknown): unknown => {
  try {
    checkGiven(options, taken)
    return undefined
  } catch (error) {
    return error
  }
}

describe('options that there are not', () => {
  it.each([
    ['max-tokens', 'maxTokens'],
    ['max_tokens', 'maxTokens'],
    ['maxtokens', 'maxTokens'],
    ['MAX_COST', 'maxCost'],
    ['promt', 'prompt'],
    ['template', 'prompt'],
    ['budget', 'maxCost'],
    ['onplan', 'onPlan'],
    ['apikey', 'apiKey'],
  ])('finds what %s is meant to be', (name, meant) => {
    expect(refusal({ [name]: 5 })).toMatchObject({
      code: 'bad_flag',
      message: `run has no option "${name}"`,
      hint: `Did you mean ${meant}?`,
    })
  })

  it.each(['__proto__x', 'constructor', 'toString', 'zzzzzzzz'])('refuses %s without a guess', name => {
    expect(refusal({ [name]: 1 })).toMatchObject({ code: 'bad_flag', hint: expect.stringContaining('camelCase') })
  })

  it('refuses a wrong name whatever its value', () => {
    expect(refusal({ maxtokens: undefined })).toMatchObject({ code: 'bad_flag' })
  })
})

describe('values of another type', () => {
  it.each([
    [{ maxTokens: '5' }, 'maxTokens needs a whole number of at least 1, not a string'],
    [{ simulate: 'yes' }, 'simulate is true or false, not a string'],
    [{ prompt: 5 }, 'prompt needs a text, not a number'],
    [{ where: [5] }, 'where needs a text, or a list of texts, not a list'],
    [{ apiKey: {} }, 'apiKey needs a text, not an object'],
    [{ onPlan: 'log' }, 'onPlan needs a function, not a string'],
    [{ signal: new AbortController() }, 'signal needs an AbortSignal, not an object'],
  ])('refuses %j', (options, message) => {
    expect(refusal(options)).toMatchObject({ code: 'bad_flag', message })
  })

  it.each([undefined, null, 'questions.csv', 5, [], () => ({})])('refuses %s in place of options', options => {
    expect(refusal(options)).toMatchObject({ code: 'bad_flag', message: 'run needs an object of options' })
  })

  it('never shows a value', () => {
    expect(String(refusal({ maxTokens: 'sk-secret' }))).not.toContain('secret')
  })
})

it.each([
  [{}],
  [{ maxTokens: 5, simulate: true, prompt: '', where: ['a=b'], select: 'id,response' }],
  [{ maxTokens: undefined, prompt: null }],
  [{ input: 5, apiKey: 'k', onPlan: () => undefined, signal: new AbortController().signal }],
])('takes what the table knows: %j', options => {
  expect(refusal(options)).toBeUndefined()
})
