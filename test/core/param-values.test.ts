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

/** So many entries. */
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

/** So many characters, which JavaScript counts twice. */
const cats = (count: number): string => '🐈'.repeat(count)

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
    ['metadata', { a: '1', b: '' }, true],
    ['metadata', { a: 1 }, false],
    ['metadata', { a: { b: 'c' } }, false],
    ['metadata', many(16), true],
    ['metadata', many(17), false],
    ['metadata', { [cats(64)]: cats(512) }, true],
    ['metadata', { [cats(65)]: 'a' }, false],
    ['metadata', { a: cats(513) }, false],
    ['stop', 'END', true],
    ['stop', ['a', 'b', 'c', 'd'], true],
    ['stop', ['a', 'b', 'c', 'd', 'e'], false],
    ['stop', ['a', 1], false],
    ['stop', { a: 'b' }, false],
    ['reasoning_effort', 'none', true],
    ['reasoning_effort', 'xhigh', true],
    ['reasoning_effort', 'hgih', false],
    ['reasoning_effort', 'High', false],
  ] as const)('%s takes %j: %j', (name, value, fits) => {
    expect(fitsParam(apiParams[name], value)).toBe(fits)
  })

  it.each([
    ['temperature', 'a number from 0 to 2'],
    ['max_tokens', 'a whole number of at least 1'],
    ['verbosity', 'one of low, medium, high'],
    ['stop', 'a text or a list of at most 4 texts'],
    ['tool_choice', 'a text or an object'],
    ['reasoning_effort', 'one of none, minimal, low, medium, high, xhigh, max, default'],
    ['metadata', 'an object of at most 16 texts, each of at most 512 characters under a name of at most 64'],
    ['store', 'true or false'],
  ] as const)('%s is described as %s', (name, words) => {
    expect(describeParam(apiParams[name])).toBe(words)
  })
})
