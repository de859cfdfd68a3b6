import { describe, expect, it } from 'vitest'
import { createCounting } from '../../src/pricing/counting.js'

const bodyOf = (content: string): string => JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] })

describe('createCounting', () => {
  it('gives each request back with its own size', async () => {
    const sizes = new Map<string, number>()
    const counting = createCounting<{ id: string; body: string }>(({ id }, size) => sizes.set(id, size.promptTokens), {
      threads: 0,
    })
    await counting.add([
      { id: 'a', body: bodyOf('hi') },
      { id: 'b', body: bodyOf('hi hi hi') },
    ])
    await counting.add([])
    await counting.add([{ id: 'c', body: bodyOf('hi hi') }])
    await counting.finish()
    await counting.close()
    expect([...sizes]).toEqual([
      ['a', 8],
      ['b', 10],
      ['c', 9],
    ])
  })
})
