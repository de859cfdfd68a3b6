import { describe, expect, it } from 'vitest'
import { pointerStep, resolvePointer, resolveReference } from '../../src/core/json-pointer.js'

const root = { a: { 'b/c': [1, { '~': 2 }] }, ü: 3 }

describe('a JSON pointer', () => {
  it.each([
    ['', root],
    ['/a/b~1c/0', 1],
    ['/a/b~1c/1/~0', 2],
    ['/a/x', undefined],
    ['/a/b~1c/x', undefined],
    ['/toString', undefined],
  ])('%j leads to its value', (pointer, value) => {
    expect(resolvePointer(root, pointer)).toEqual(value)
  })

  it('is built of escaped steps', () => {
    expect(pointerStep('a') + pointerStep('b/c') + pointerStep(1) + pointerStep('~')).toBe('/a/b~1c/1/~0')
  })
})

describe('resolveReference', () => {
  it.each([
    ['#', root],
    ['#/a/b~1c/0', 1],
    ['#/%C3%BC', 3],
    ['#a', undefined],
    ['#/%', undefined],
    ['other.json#/a', undefined],
  ])('follows %j', (reference, value) => {
    expect(resolveReference(root, reference)).toEqual(value)
  })
})
