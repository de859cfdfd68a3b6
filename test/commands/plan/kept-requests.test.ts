import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeptRequests, type KeptRequest } from '../../../src/commands/plan/kept-requests.js'

const key = 'f'.repeat(32)

const request = (row: number, body: string): KeptRequest => ({
  row,
  line: row + 2,
  path: '/chat/completions',
  model: 'gpt-4o-mini',
  key,
  rowId: undefined,
  body,
})

/** Hands requests over as a plan does. */
const keepAll = (requests: readonly KeptRequest[], room?: number) => {
  const kept = createKeptRequests(0, room)
  for (const { rowId, ...draft } of requests) kept.keep({ ...draft, complete: undefined }, rowId)
  return kept
}

const anyRequest = fc.record({
  row: fc.nat(),
  line: fc.nat(),
  path: fc.constantFrom('/chat/completions', '/other'),
  model: fc.constantFrom('gpt-4o-mini', 'größer', ''),
  key: fc.stringMatching(/^[\da-f]{32}$/),
  rowId: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
  body: fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', minLength: 1000, maxLength: 3000 })),
})

describe('kept requests', () => {
  it('come back as they were, in their order, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(anyRequest), requests => {
        expect([...(keepAll(requests).all() ?? [])]).toEqual(requests)
      }),
    )
  })

  it('may be larger than what is taken for them at once', () => {
    const requests = [request(0, 'short'), request(1, '🜁'.repeat(1_500_000)), request(2, 'ä'.repeat(900_000))]
    expect([...(keepAll(requests).all() ?? [])]).toEqual(requests)
  })

  it('come back again and again', () => {
    const kept = keepAll([request(0, 'a'), request(1, 'b')])
    expect([...(kept.all() ?? [])]).toEqual([...(kept.all() ?? [])])
  })

  it('are none at all when one finds no room', () => {
    const requests = Array.from({ length: 100 }, (_, row) => request(row, 'x'.repeat(100_000)))
    expect(keepAll(requests, 2 ** 22).all()).toBeUndefined()
  })

  it('are none of an input that is larger than the room for them', () => {
    expect(createKeptRequests(2 ** 20 + 1, 2 ** 20).all()).toBeUndefined()
    expect([...(createKeptRequests(2 ** 20, 2 ** 20).all() ?? [])]).toEqual([])
  })

  it('are none at all when one is completed with files, which may change until it is sent', () => {
    const kept = createKeptRequests(0)
    const { rowId, ...draft } = request(0, 'see the image')
    kept.keep(draft, rowId)
    kept.keep({ ...draft, complete: () => Promise.resolve({ fault: { code: 'image_changed', message: 'x' } }) }, rowId)
    expect(kept.all()).toBeUndefined()
  })
})
