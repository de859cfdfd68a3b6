import { describe, expect, it } from 'vitest'
import { notGiven } from '../../src/core/given-value.js'

describe('a refused value', () => {
  it.each<[unknown, string]>([
    ['many', ', not "many"'],
    [' ', ', not " "'],
    [-3, ', not -3'],
    ['1.5', ', not 1.5'],
    ['"x"\n', String.raw`, not "\"x\"\n"`],
    ['two words '.repeat(10), `, not "${'two words '.repeat(4)}…"`],
    ['', ''],
    [['a'], ''],
  ])('%j ends the sentence that refuses it', (value, end) => {
    expect(notGiven(value)).toBe(end)
  })

  it.each(['sk-secret', 'sk-proj-Abc', 'Bearer abc', 'x key-123', 'hf_abc', '0123456789abcdef0123456789abcdef'])(
    'is never shown where it may be a key: %s',
    value => {
      expect(notGiven(value)).toBe('')
    },
  )
})
