import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segmentName, toPlace, toPosition, toSegments } from '../../src/journal/segment.js'

describe('toPosition', () => {
  it('packs segment and byte offset into one number and back', () => {
    const segments = fc.integer({ min: 1, max: 8191 })
    const offsets = fc.integer({ min: 0, max: 2 ** 40 - 1 })
    fc.assert(
      fc.property(segments, offsets, (segment, offset) => {
        expect(toPlace(toPosition(segment, offset))).toEqual({ segment, offset })
      }),
    )
  })

  it('orders positions as the records stand', () => {
    expect(toPosition(1, 2 ** 40 - 1)).toBeLessThan(toPosition(2, 0))
  })
})

describe('toSegments', () => {
  it('finds the segments of a folder, in their order, and nothing else', () => {
    const names = [
      'lock',
      segmentName(10000),
      segmentName(2),
      'journal-0001.torn-1',
      segmentName(1),
      'journal-0003.jsonl.tmp',
    ]
    expect(toSegments(names)).toEqual([1, 2, 10000])
  })
})
