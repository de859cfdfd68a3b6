import { describe, expect, it } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import type { OptionsOf } from '../../src/core/option-spec.js'
import { flagName } from '../../src/core/option-spec.js'
import { toSettings } from '../../src/core/option-values.js'
import { runOptions } from '../../src/core/options.js'

const settingsOf = (given: Readonly<Record<string, unknown>>, env = {}) =>
  toSettings(runOptions, given as OptionsOf<typeof runOptions>, env)

const errorOf = (given: Readonly<Record<string, unknown>>): PromptmillError => {
  try {
    settingsOf(given)
  } catch (error) {
    if (error instanceof PromptmillError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('toSettings', () => {
  it('fills in every default', () => {
    expect(settingsOf({})).toMatchObject({
      concurrency: 64,
      retries: 5,
      timeout: 600,
      badRows: 'stop',
      simulate: false,
    })
  })

  it.each([
    ['a flag over the environment', { model: 'a' }, { OPENAI_MODEL: 'b' }, 'a'],
    ['the environment over nothing', {}, { OPENAI_MODEL: 'b' }, 'b'],
    ['nothing for an empty variable', {}, { OPENAI_MODEL: '' }, undefined],
  ])('takes %s', (_title, given, env, model) => {
    expect(settingsOf(given, env).model).toBe(model)
  })

  it.each([
    ['a number as text', '16'],
    ['a number', 16],
  ])('takes %s', (_title, concurrency) => {
    expect(settingsOf({ concurrency }).concurrency).toBe(16)
  })

  const wrongNumbers = ['abc', '', ' ', 'NaN', '1e309', 'Infinity', '-1', '0', '1.5', '0x', Number.NaN, '1_000']
  it.each(wrongNumbers)('C4: refuses --concurrency %j and names the flag', concurrency => {
    expect(errorOf({ concurrency }).message).toContain('--concurrency')
    expect(errorOf({ concurrency }).exitCode).toBe(2)
  })

  it.each(['rpm', 'tpm', 'maxTokens', 'temperature', 'timeout', 'retries'])('C4: refuses a negative %s', key => {
    expect(errorOf({ [key]: '-5' }).message).toContain(flagName(key))
  })

  it.each([
    ['a flag without its value', { model: '' }, '--model needs a value'],
    ['a flag given twice', { model: ['a', 'b'] }, '--model was given more than once'],
    ['a number given twice', { rpm: ['1', '2'] }, '--rpm was given more than once'],
    ['an unknown choice', { badRows: 'maybe' }, '--bad-rows takes stop or fail, not "maybe"'],
    ['no number', { maxTokens: 'many' }, '--max-tokens needs a whole number of at least 1, not "many"'],
    ['a number out of range', { concurrency: '0' }, '--concurrency needs a whole number from 1 to 10,000, not 0'],
    ['a cost of nothing', { maxCost: 0 }, '--max-cost needs a number of at least 0.000000001, not 0'],
    ['a key in the wrong place', { maxTokens: 'sk-proj-1' }, '--max-tokens needs a whole number of at least 1'],
    ['a switch with a value', { overwrite: 'yes' }, '--overwrite takes no value'],
  ])('refuses %s', (_title, given, message) => {
    expect(errorOf(given).message).toBe(message)
  })

  it.each([['$1'], ['1 USD'], ['0,50']])('says how an amount is written that is given as %j', maxCost => {
    const { message, hint } = errorOf({ maxCost })
    expect(message).toBe(`--max-cost needs a number of at least 0.000000001, not "${maxCost}"`)
    expect(hint).toBe('USD as a plain number, such as --max-cost 2.50')
  })

  it('takes a repeatable flag once or often', () => {
    expect(settingsOf({ param: 'a=1' }).param).toEqual(['a=1'])
    expect(settingsOf({ param: ['a=1', 'b=2'] }).param).toEqual(['a=1', 'b=2'])
  })
})

describe('flagName', () => {
  it.each([
    ['model', '--model'],
    ['maxTokensName', '--max-tokens-name'],
    ['topP', '--top-p'],
    ['fault500', '--fault500'],
  ])('writes %s as %s', (key, flag) => {
    expect(flagName(key)).toBe(flag)
  })
})
