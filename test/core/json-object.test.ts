import { describe, expect, it } from 'vitest'
import { isObject } from '../../src/core/json-object.js'

describe('isObject', () => {
  it.each(['{}', '{"a":1}', '{"__proto__":null}'])('holds for the object %s', text => {
    expect(isObject(JSON.parse(text))).toBe(true)
  })

  it.each(['null', '[]', '[{}]', '"text"', '""', '0', '1', 'true', 'false'])('does not hold for %s', text => {
    expect(isObject(JSON.parse(text))).toBe(false)
  })

  it('does not hold for what is not there', () => {
    expect(isObject(undefined)).toBe(false)
  })
})
