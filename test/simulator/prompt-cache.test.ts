import { describe, expect, it } from 'vitest'
import { createPromptCache } from '../../src/simulator/prompt-cache.js'

/** A text of so many tokens, four characters each, that differs from its beginning on. */
const text = (tokens: number, mark: string): string => mark.padEnd(4).repeat(tokens)

describe('createPromptCache', () => {
  it('finds a prompt that was asked before, in steps of 128 tokens', () => {
    const cache = createPromptCache()
    expect(cache.read('gpt-4o', text(1500, 'a'), 1500)).toBe(0)
    expect(cache.read('gpt-4o', text(1500, 'a'), 1500)).toBe(1408)
  })

  it('finds the part of a prompt that another began with', () => {
    const cache = createPromptCache()
    cache.read('gpt-4o', text(2048, 'a') + text(500, 'b'), 2548)
    const cached = cache.read('gpt-4o', text(2048, 'a') + text(900, 'c'), 2948)
    expect(cached % 128).toBe(0)
    expect(Math.abs(cached - 2048)).toBeLessThanOrEqual(128)
  })

  it('caches no short prompts and no short beginnings', () => {
    const cache = createPromptCache()
    cache.read('gpt-4o', text(1000, 'a'), 1000)
    expect(cache.read('gpt-4o', text(1000, 'a'), 1000)).toBe(0)
    cache.read('gpt-4o', text(500, 'a') + text(1000, 'b'), 1500)
    expect(cache.read('gpt-4o', text(500, 'a') + text(1000, 'c'), 1500)).toBe(0)
  })

  it('keeps models apart', () => {
    const cache = createPromptCache()
    cache.read('gpt-4o', text(1500, 'a'), 1500)
    expect(cache.read('gpt-4.1', text(1500, 'a'), 1500)).toBe(0)
  })

  it('knows no end of a prompt whose beginning is new', () => {
    const cache = createPromptCache()
    cache.read('gpt-4o', text(3000, 'a'), 3000)
    expect(cache.read('gpt-4o', text(128, 'z') + text(2872, 'a'), 3000)).toBe(0)
  })
})
