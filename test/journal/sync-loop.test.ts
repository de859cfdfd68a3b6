import { describe, expect, it } from 'vitest'
import { createSyncLoop } from '../../src/journal/sync-loop.js'
import { createManualClock, settle } from './manual-clock.js'

/** A loop whose syncs take until they are told to end. */
const createLoop = (lingerMs: number) => {
  const clock = createManualClock()
  const startedAt: number[] = []
  let endSync: () => void = () => undefined
  const sync = () =>
    new Promise<void>(resolve => {
      startedAt.push(clock.now())
      endSync = resolve
    })
  const loop = createSyncLoop(sync, { clock, lingerMs })
  const end = async () => {
    endSync()
    await settle()
  }
  return { clock, loop, startedAt, end }
}

describe('createSyncLoop', () => {
  it('waits for company before the first sync', () => {
    const { clock, loop, startedAt } = createLoop(2)
    loop.request()
    clock.advance(1)
    loop.request()
    expect(startedAt).toEqual([])
    clock.advance(1)
    expect(startedAt).toEqual([2])
  })

  it('runs one sync at a time, and the next one for what came meanwhile', async () => {
    const { clock, loop, startedAt, end } = createLoop(2)
    loop.request()
    clock.advance(2)
    loop.request()
    clock.advance(50)
    expect(startedAt).toEqual([2])
    // The wait for company is over long since.
    await end()
    expect(startedAt).toEqual([2, 52])
  })

  it('starts no two syncs within one linger', async () => {
    const { clock, loop, startedAt, end } = createLoop(10)
    loop.request()
    clock.advance(10)
    loop.request()
    clock.advance(3)
    await end()
    expect(startedAt).toEqual([10])
    clock.advance(6)
    expect(startedAt).toEqual([10])
    clock.advance(1)
    expect(startedAt).toEqual([10, 20])
  })

  it('flushes at once, after the sync under way', async () => {
    const { clock, loop, startedAt, end } = createLoop(2)
    loop.request()
    clock.advance(2)
    const flushed = loop.flush()
    expect(startedAt).toEqual([2])
    await end()
    expect(startedAt).toEqual([2, 2])
    await end()
    await flushed
    clock.advance(100)
    expect(startedAt).toEqual([2, 2])
  })
})
