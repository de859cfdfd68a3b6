import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSharedPrefixes, readSharedMessages, toCacheable } from '../../src/pricing/shared-prefix.js'

const bodyOf = (...messages: readonly unknown[]): string => JSON.stringify({ max_tokens: 5, messages, model: 'm' })
const user = (content: string) => ({ content, role: 'user' })

const sharedBy = (...bodies: readonly string[]): unknown => {
  const prefixes = createSharedPrefixes()
  for (const body of bodies) prefixes.see('m', body)
  return readSharedMessages(prefixes.prefixOf('m'))['messages']
}

describe('the shared beginning of requests', () => {
  it.each<[string, readonly string[], unknown]>([
    [
      'is all of a message and the begun one',
      [bodyOf(user('same'), user('so one')), bodyOf(user('same'), user('so two'))],
      [user('same'), { content: 'so ' }],
    ],
    ['breaks off within an escape', [bodyOf(user('a\nb')), bodyOf(user('a\tb'))], [{ content: 'a' }]],
    ['breaks off within a Unicode escape', [bodyOf(user('a\u0001')), bodyOf(user('a\u0002'))], [{ content: 'a' }]],
    ['keeps brackets and quotes of the text', [bodyOf(user('{"[x')), bodyOf(user('{"[y'))], [{ content: '{"[' }]],
    ['is everything for equal requests', [bodyOf(user('a')), bodyOf(user('a'))], [user('a')]],
    ['is nothing before the messages', ['{"a":1}', '{"b":1}'], []],
    ['is nothing when parameters differ', ['{"max_tokens":1,"messages":[]}', '{"max_tokens":2,"messages":[]}'], []],
    ['is nothing without requests', [], []],
  ])('%s', (_title, bodies, messages) => {
    expect(sharedBy(...bodies)).toEqual(messages)
  })

  it('is kept by model', () => {
    const prefixes = createSharedPrefixes()
    prefixes.see('a', 'one')
    prefixes.see('b', 'two')
    expect([prefixes.prefixOf('a'), prefixes.prefixOf('b'), prefixes.prefixOf('c')]).toEqual(['one', 'two', ''])
  })

  it('begins the text of every request, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (start, one, other) => {
        const [message] = sharedBy(bodyOf(user(start + one)), bodyOf(user(start + other))) as { content?: string }[]
        expect((start + one).startsWith(message?.content ?? '')).toBe(true)
        expect((start + other).startsWith(message?.content ?? '')).toBe(true)
      }),
    )
  })
})

describe('toCacheable', () => {
  it.each([
    [1023, 0],
    [1024, 1024],
    [1151, 1024],
    [1152, 1152],
  ])('of %d tokens caches %d', (tokens, cacheable) => {
    expect(toCacheable(tokens)).toBe(cacheable)
  })
})
