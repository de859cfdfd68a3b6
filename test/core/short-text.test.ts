import { describe, expect, it } from 'vitest'
import { showShort } from '../../src/core/short-text.js'

describe('showShort', () => {
  it('cuts a text, and leaves out what a terminal would obey', () => {
    expect(showShort('cat.png')).toBe('cat.png')
    expect(showShort('a\u001b[31m.png\n')).toBe('a�[31m.png�')
    expect(showShort('data:image/png;base64,AAAA'.repeat(10)).length).toBeLessThan(100)
    expect(showShort(`${'a'.repeat(79)}🐈.png`)).not.toMatch(/\p{Surrogate}/u)
  })
})
