import { expect, it } from 'vitest'
import { splitNames } from '../../src/core/name-list.js'

it.each([
  [['a,b', ' c '], [], ['a', 'b', 'c']],
  [['a,,b,'], [], ['a', 'b']],
  [['a,b', 'c'], ['a,b'], ['a,b', 'c']],
])('reads %j, where %j are names of their own, as %j', (values, known, names) => {
  expect(splitNames(values, known)).toEqual(names)
})
