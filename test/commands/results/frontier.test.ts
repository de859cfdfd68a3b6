import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrontier } from '../../../src/commands/results/frontier.js'

/** A frontier over so many rows, of which those in `open` are still waited for. */
const makeFrontier = (rows: number, open: Set<number>, stride = 0) => {
  const frontier = createFrontier(rows, row => open.has(row), { stride })
  const settle = (row: number): void => {
    open.delete(row)
    frontier.advance()
  }
  return { ...frontier, settle }
}

/** Whether a wait is over by now. */
const isOver = async (wait: Promise<void> | undefined): Promise<boolean> => {
  let over = wait === undefined
  void wait?.then(() => {
    over = true
  })
  await Promise.resolve()
  return over
}

describe('the frontier of a run', () => {
  it('makes nobody wait for rows that are settled', () => {
    const { reached } = makeFrontier(3, new Set())
    expect(reached(2)).toBeUndefined()
  })

  it('holds whoever asks until the last row before is settled, in whatever order they are', async () => {
    const { reached, settle } = makeFrontier(4, new Set([1, 2, 3]))
    const wait = reached(2)
    settle(2)
    expect(await isOver(wait)).toBe(false)
    settle(1)
    expect(await isOver(wait)).toBe(true)
    expect(reached(2)).toBeUndefined()
    expect(reached(3)).toBeInstanceOf(Promise)
  })

  it('lets whoever waited go when more rows are settled, or the last of all', async () => {
    const { reached, settle } = makeFrontier(6, new Set([1, 2, 3, 4, 5]), 2)
    const some = reached(1)
    settle(1)
    settle(2)
    expect(await isOver(some)).toBe(false)
    settle(3)
    expect(await isOver(some)).toBe(true)
    const rest = reached(4)
    settle(4)
    settle(5)
    expect(await isOver(rest)).toBe(true)
  })

  it('keeps whoever waits while there is no time, and asks again after as many rows more', async () => {
    const open = new Set([0, 1, 2, 3, 4, 5])
    const asked: number[] = []
    const hasTime = (): boolean => asked.push(open.size) > 1
    const frontier = createFrontier(6, row => open.has(row), { stride: 2, hasTime })
    const wait = frontier.reached(0)
    for (const row of [0, 1, 2, 3]) {
      open.delete(row)
      frontier.advance()
    }
    expect(await isOver(wait)).toBe(false)
    open.delete(4)
    frontier.advance()
    expect(await isOver(wait)).toBe(true)
    expect(asked).toEqual([3, 1])
  })

  it('waits for nothing more once the sending is over', async () => {
    const { reached, open } = makeFrontier(4, new Set([0, 3]))
    const wait = reached(1)
    open()
    expect(await isOver(wait)).toBe(true)
    expect(reached(Number.POSITIVE_INFINITY)).toBeUndefined()
  })

  it('tells whoever waits, and whoever comes, that nothing more is to come', async () => {
    const { reached, close } = makeFrontier(2, new Set([0]))
    const wait = reached(1)
    close(new RangeError('the end'))
    await expect(wait).rejects.toThrow(RangeError)
    await expect(reached(0)).rejects.toThrow(RangeError)
  })

  it('lets nobody past a row that is not settled', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
    await fc.assert(
      fc.asyncProperty(order, fc.nat(5), async (rows, asked) => {
        const open = new Set(rows)
        const { reached, settle } = makeFrontier(6, open)
        const wait = reached(asked)
        for (const row of rows) {
          settle(row)
          expect(await isOver(wait)).toBe(![...open].some(left => left <= asked))
        }
      }),
    )
  })
})
