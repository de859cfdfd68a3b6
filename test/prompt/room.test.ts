import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRoom } from '../../src/prompt/room.js'

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('a room', () => {
  it('lets in what fits, and the others in their order as room is given back', async () => {
    const room = createRoom(10)
    const entered: string[] = []
    const enter = async (name: string, size: number): Promise<() => void> => {
      const release = await room.take(size)
      entered.push(name)
      return release
    }
    const first = enter('first', 6)
    const second = enter('second', 6)
    const third = enter('third', 1)
    await settle()
    expect(entered).toEqual(['first'])
    ;(await first)()
    await Promise.all([second, third])
    expect(entered).toEqual(['first', 'second', 'third'])
  })

  it('gives what is larger than all of it the whole room', async () => {
    const room = createRoom(10)
    const small = await room.take(1)
    let inside = false
    const large = room.take(99).then(release => {
      inside = true
      return release
    })
    await settle()
    expect(inside).toBe(false)
    small()
    ;(await large)()
    expect(inside).toBe(true)
  })

  it('is never over-full, and everybody gets in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 30 }), async sizes => {
        const room = createRoom(10)
        const inside = new Set<number>()
        let entered = 0
        await Promise.all(
          sizes.map(async (size, index) => {
            const release = await room.take(size)
            inside.add(index)
            entered += 1
            const held = [...inside].map(one => sizes[one] ?? 0)
            expect(
              held.length === 1 ||
                held.reduce((sum, one) => sum + one, 0) <= 10 ||
                held.filter(one => one > 0).length === 1,
            ).toBe(true)
            await settle()
            inside.delete(index)
            release()
            // Given back once, however often it is called.
            release()
          }),
        )
        expect(entered).toBe(sizes.length)
      }),
    )
  })
})
