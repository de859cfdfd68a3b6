import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countImageTokens, findImageRule, mostImageTokens } from '../../src/pricing/image-rules.js'

const count = (model: string, width: number, height: number, detail?: string): number =>
  countImageTokens(findImageRule(model).rule, { width, height }, detail)

describe('tokens of an image by tiles', () => {
  it.each<[string, number, number, string | undefined, number]>([
    ['gpt-4o', 1024, 1024, 'high', 765],
    ['gpt-4o', 1024, 1024, undefined, 765],
    ['gpt-4o', 4096, 8192, 'high', 1105],
    ['gpt-4o', 4096, 8192, 'low', 85],
    ['gpt-4o', 512, 512, 'high', 255],
    ['gpt-4o', 513, 512, 'high', 425],
    ['gpt-4o', 1, 1, 'auto', 255],
    ['gpt-4.1', 1024, 1024, 'high', 765],
    ['gpt-4o-mini', 512, 512, 'low', 2833],
    ['gpt-4o-mini', 512, 512, 'high', 8500],
    ['gpt-5', 1024, 1024, 'high', 630],
    ['o3', 1024, 1024, 'high', 675],
    ['gpt-4o-2024-11-20', 1024, 1024, 'high', 765],
  ])('for %s, %d × %d, detail %s: %d', (model, width, height, detail, tokens) => {
    expect(count(model, width, height, detail)).toBe(tokens)
  })
})

describe('tokens of an image by patches', () => {
  it.each<[string, number, number, string | undefined, number]>([
    ['gpt-5.2', 1024, 1024, 'high', 1024],
    ['gpt-5.2', 1800, 2400, 'high', 1452],
    ['gpt-5-mini', 1024, 1024, undefined, 1659],
    ['gpt-4.1-nano', 1024, 1024, undefined, 2520],
    ['o4-mini', 1024, 1024, undefined, 1762],
    ['gpt-5.2', 33, 32, 'high', 2],
    ['gpt-5.2', 4000, 4000, 'low', 256],
    ['gpt-5.4', 4000, 3000, 'auto', 2451],
    ['gpt-5.4', 4000, 3000, 'original', 9890],
    ['gpt-5.5', 3000, 3000, undefined, 8836],
    ['gpt-5.6-sol', 4000, 3000, undefined, 11_750],
    ['gpt-5.6-sol', 4000, 3000, 'high', 2451],
    ['gpt-5.2', 100_000, 1, 'high', 64],
  ])('for %s, %d × %d, detail %s: %d', (model, width, height, detail, tokens) => {
    expect(count(model, width, height, detail)).toBe(tokens)
  })
})

describe('findImageRule', () => {
  it.each(['gpt-4o', 'openai/gpt-4o', 'gpt-5-mini-2025-08-07'])('knows %s', model => {
    expect(findImageRule(model).known).toBe(true)
  })

  it.each(['gpt-5.9', 'gpt-4o-minimal', 'my-own-model'])('takes %s for the most common kind', model => {
    expect(findImageRule(model)).toEqual({ known: false, rule: { kind: 'tile', base: 85, tile: 170 } })
  })
})

describe('countImageTokens', () => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 30_000 }), height: fc.integer({ min: 1, max: 30_000 }) })

  it('keeps to the budget of patches, whatever the size', () => {
    fc.assert(
      fc.property(size, image => {
        const tokens = countImageTokens(findImageRule('gpt-5.2').rule, image, 'high')
        expect(tokens).toBeGreaterThan(0)
        expect(tokens).toBeLessThanOrEqual(1536)
      }),
    )
  })

  it('is the same for an image on its side', () => {
    fc.assert(
      fc.property(size, fc.constantFrom('gpt-4o', 'gpt-5-mini', 'gpt-5.6-sol'), ({ width, height }, model) => {
        expect(count(model, width, height)).toBe(count(model, height, width))
      }),
    )
  })
})

describe('mostImageTokens', () => {
  it.each<[string, string | undefined, number | undefined]>([
    ['gpt-4o', undefined, 1445],
    ['gpt-4o', 'low', 85],
    ['gpt-4o-mini', undefined, 48_169],
    ['gpt-4.1-mini', 'high', 2489],
    ['gpt-5.5', undefined, 10_000],
    ['gpt-5.6-sol', undefined, undefined],
    ['gpt-5.6-sol', 'high', 2500],
    ['gpt-5.6-sol', 'low', 256],
  ])('for %s, detail %s: %d', (model, detail, tokens) => {
    expect(mostImageTokens(findImageRule(model).rule, detail)).toBe(tokens)
  })

  it('is never exceeded', () => {
    const side = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 100_000 }))
    const model = fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'gpt-4.1-nano', 'gpt-5.2', 'gpt-5.4', 'gpt-5.5')
    const detail = fc.constantFrom(undefined, 'low', 'high', 'original', 'auto')
    fc.assert(
      fc.property(side, side, fc.tuple(model, detail), (width, height, [name, level]) => {
        const { rule } = findImageRule(name)
        expect(countImageTokens(rule, { width, height }, level)).toBeLessThanOrEqual(mostImageTokens(rule, level) ?? 0)
      }),
    )
  })
})
