import { expect, it } from 'vitest'
import { showUnpriced } from '../../src/pricing/unpriced-name.js'

const book = { models: ['gpt-4o-mini', 'gpt-5-mini', 'o1'] }

it.each([
  ['gpt4o-mini', 'gpt4o-mini (did you mean gpt-4o-mini?)'],
  ['gpt5-mini', 'gpt5-mini (did you mean gpt-5-mini?)'],
  ['my-own-model', 'my-own-model'],
  ['foo', 'foo'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
])('shows %s, whose price is not known, as %s', (model, shown) => {
  expect(showUnpriced(model, book)).toBe(shown)
})
