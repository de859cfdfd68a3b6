import { describe, expect, it } from 'vitest'
import { roughTokens } from '../../src/send/rough-tokens.js'

const body = (content: unknown): string => JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
const image = (kilobytes: number) => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${'A'.repeat(kilobytes * 1000)}` },
})

describe('roughTokens', () => {
  it('takes four bytes a token', () => {
    expect(roughTokens({ body: 'x'.repeat(400) })).toBe(100)
    expect(roughTokens({ body: '你'.repeat(400) })).toBe(300)
  })

  it('takes an image for what it is, not for the size of its file', () => {
    const small = roughTokens({ body: body([image(1)]) })
    expect(roughTokens({ body: body([image(500)]) })).toBe(small)
    expect(small).toBeLessThan(900)
    expect(roughTokens({ body: body([image(1), image(2)]) })).toBeGreaterThan(small + 799)
  })

  it('is not misled by an image that is cut off', () => {
    expect(roughTokens({ body: 'data:image/png;base64,AAAA' })).toBeGreaterThan(800)
  })
})
