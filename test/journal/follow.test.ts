import { expect, it } from 'vitest'
import { createFollower } from '../../src/journal/follow.js'
import { encodeRecord } from '../../src/journal/record-line.js'

it('names the first record that a later segment should repeat, however many there are', () => {
  const follower = createFollower(() => undefined)
  const record = { kind: 'end', at: 1, reason: 'stopped', wall_ms: 1 } as const
  const faults = new Set<string | undefined>()
  for (let seq = 200_000; seq > 0; seq -= 1) {
    const line = encodeRecord(seq, record).subarray(0, -1)
    faults.add(follower.take(line, { segment: 1, offset: 0, bound: 1 }))
  }
  expect([...faults]).toEqual([undefined])
  expect(follower.missing()).toBe(1)
})
