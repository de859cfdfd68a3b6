import { describe, expect, it } from 'vitest'
import { apiParams } from '../../src/core/api-params.js'
import { describeParam, fitsParam, readParamCell } from '../../src/core/param-values.js'

describe('a parameter in a cell', () => {
  it.each([
    ['temperature', '0.7', 0.7],
    ['temperature', ' .5 ', 0.5],
    ['temperature', '0,7', undefined],
    ['temperature', 'hot', undefined],
    ['temperature', '0x1', undefined],
    ['temperature', 'Infinity', undefined],
    ['seed', '1e3', 1000],
    ['model', ' gpt-4o ', 'gpt-4o'],
    ['logprobs', 'TRUE', true],
    ['stop', 'END ', 'END '],
    ['stop', '["a","b"]', ['a', 'b']],
    ['stop', '["a"', undefined],
    ['metadata', '{"a":"b"}', { a: 'b' }],
    ['metadata', 'a', undefined],
  ] as const)('%s of %j is %j', (name, cell, value) => {
    expect(readParamCell(apiParams[name], cell)).toEqual(value)
  })
})

describe('a parameter', () => {
  it.each([
    ['temperature', 0, true],
    ['temperature', 2.1, false],
    ['temperature', '1', false],
    ['temperature', Number.NaN, false],
    ['max_tokens', 0, false],
    ['max_tokens', 1.5, false],
    ['seed', -3, true],
    ['seed', 2 ** 53, false],
    ['verbosity', 'high', true],
    ['verbosity', 'loud', false],
    ['model', '', false],
    ['store', 'yes', false],
    ['tools', [], true],
    ['tools', {}, false],
    ['tool_choice', 'none', true],
    ['metadata', null, false],
  ] as const)('%s takes %j: %j', (name, value, fits) => {
    expect(fitsParam(apiParams[name], value)).toBe(fits)
  })

  it.each([
    ['temperature', 'a number from 0 to 2'],
    ['max_tokens', 'a whole number of at least 1'],
    ['verbosity', 'one of low, medium, high'],
    ['stop', 'a text or a list'],
    ['store', 'true or false'],
  ] as const)('%s is described as %s', (name, words) => {
    expect(describeParam(apiParams[name])).toBe(words)
  })
})
