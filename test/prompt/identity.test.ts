import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/core/model.js'
import { canonicalJson, identify } from '../../src/prompt/identity.js'

const shuffleKeys = (value: JsonValue): JsonValue => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(shuffleKeys)
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .toReversed()
      .map(([key, member]) => [key, shuffleKeys(member)]),
  )
}

describe('canonicalJson', () => {
  it('is the same whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(canonicalJson(shuffleKeys(value as JsonValue))).toBe(canonicalJson(value as JsonValue))
      }),
    )
  })

  it('means what it was made from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('keeps the order of lists', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]))
  })
})

describe('identify', () => {
  it('gives 32 hexadecimal digits', () => {
    expect(identify('/chat/completions', '{}')).toMatch(/^[\da-f]{32}$/)
  })

  it('stays what it was: a changed hash would pay for every row of every run again', () => {
    expect(identify('/chat/completions', '{"model":"gpt-4o-mini"}')).toBe('f0155e66eb8cd8747218791ee1d03d48')
  })

  it('tells paths and bodies apart', () => {
    const keys = [identify('/a', '{}'), identify('/b', '{}'), identify('/a', '{"x":1}')]
    expect(new Set(keys).size).toBe(3)
  })
})
