import { describe, expect, it } from 'vitest'
import { nearestName } from '../../src/core/nearest.js'

describe('nearestName', () => {
  it.each([
    ['a missing letter', 'promt', 'prompt'],
    ['a wrong one', 'modek', 'model'],
    ['two that are swapped, in a short name', 'tetx', 'text'],
    ['another case', 'nr', 'Nr'],
    ['another case of one letter', 'q', 'Q'],
    ['several slips in a long name', 'concurency-limt', 'concurrency-limit'],
  ])('finds a name by %s', (_title, name, meant) => {
    expect(nearestName(name, ['id', 'prompt', 'model', 'text', 'Nr', 'Q', 'concurrency-limit'])).toBe(meant)
  })

  it.each([['x'], ['ab'], ['--x'], ['t'], ['abc'], ['数'], ['评价']])('does not guess what %j is', name => {
    expect(nearestName(name, ['a', 'id', 'qq', 'Nr', 'text', '--rpm', '评论'])).toBeUndefined()
  })

  it('takes the first of several that are equally near', () => {
    expect(nearestName('colour', ['colours', 'colout'])).toBe('colours')
  })
})
