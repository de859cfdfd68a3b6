import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.js'
import type { Request } from '../../src/core/model.js'
import { createBudget } from '../../src/send/budget.js'
import type { Reservation } from '../../src/send/contract.js'

/** A prompt token costs one, an answer at most 100; the body's length stands for the counted tokens. */
const worstCase = ({ body }: Request) => ({
  promptTokens: body.length,
  cost: (promptTokens: number) => BigInt(promptTokens) + 100n,
})

const costOf = ({ usage }: { usage: { promptTokens: number; completionTokens: number } | undefined }) =>
  usage && BigInt(usage.promptTokens + usage.completionTokens)

const create = (capUsd: bigint, spentUsd = 0n) => createBudget({ capUsd, spentUsd }, { worstCase, costOf })

const request = (tokens: number): Request => ({
  row: 0,
  line: 2,
  path: '/chat/completions',
  model: 'm',
  body: 'x'.repeat(tokens),
  key: '0'.repeat(32),
  nth: 0,
})

const answer = (promptTokens: number, completionTokens: number): Answer => ({
  status: 'ok',
  response: 'yes',
  finishReason: 'stop',
  flag: undefined,
  model: 'm',
  serviceTier: undefined,
  usage: {
    promptTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    audioPromptTokens: 0,
    completionTokens,
    reasoningTokens: 0,
    audioCompletionTokens: 0,
  },
})

const unpriced: Answer = {
  status: 'ok',
  response: 'yes',
  finishReason: 'stop',
  flag: undefined,
  model: 'm',
  serviceTier: undefined,
  usage: undefined,
}

/** Lets everything run that can. */
const allTurns = (): Promise<void> => new Promise(setImmediate)

/** A reservation that must have been granted. */
const granted = (reservation: Reservation | undefined): Reservation => {
  if (reservation === undefined) throw new Error('refused')
  return reservation
}

describe('createBudget', () => {
  it('holds the worst case of a send back', async () => {
    expect(granted(await create(1000n).reserve(request(10))).amountUsd).toBe(110n)
  })

  it('refuses the send that might exceed the cap', async () => {
    expect(await create(109n).reserve(request(10))).toBeUndefined()
    expect(await create(110n).reserve(request(10))).toBeDefined()
  })

  it('counts what earlier sessions spent', async () => {
    expect(await create(200n, 100n).reserve(request(10))).toBeUndefined()
  })

  it('gives back what an answer did not use', async () => {
    const budget = create(125n)
    granted(await budget.reserve(request(10))).settle(answer(10, 5))
    expect(await budget.reserve(request(10))).toBeDefined()
  })

  it.each([
    ['an outcome that nobody knows', (reservation: Reservation) => reservation.keep()],
    ['an answer whose cost is unknown', (reservation: Reservation) => reservation.settle(unpriced)],
  ])('keeps the reservation of %s', async (_title, end) => {
    const budget = create(125n)
    end(granted(await budget.reserve(request(10))))
    expect(await budget.reserve(request(10))).toBeUndefined()
  })

  it('gives everything back for a send that was not billed', async () => {
    const budget = create(110n)
    granted(await budget.reserve(request(10))).release()
    expect(await budget.reserve(request(10))).toBeDefined()
  })

  it('stretches reservations by the largest ratio of reported to counted tokens', async () => {
    const budget = create(10_000n)
    granted(await budget.reserve(request(10))).settle(answer(30, 5))
    granted(await budget.reserve(request(10))).settle(answer(20, 5))
    expect(granted(await budget.reserve(request(10))).amountUsd).toBe(130n)
  })

  it('stretches what is held back for sends in flight too, as soon as an answer shows that they were counted low', async () => {
    const budget = create(700n)
    granted(await budget.reserve(request(10))).settle(answer(10, 0))
    const inFlight = [granted(await budget.reserve(request(100))), granted(await budget.reserve(request(100)))]
    const third = granted(await budget.reserve(request(1)))
    third.settle(answer(2, 0))
    const fourth = budget.reserve(request(10))
    await allTurns()
    for (const reservation of inFlight) reservation.settle(answer(200, 100))
    expect(await fourth).toBeUndefined()
  })

  it('keeps for an unknown outcome what was held back last, stretched since it was sent', async () => {
    const budget = create(600n)
    granted(await budget.reserve(request(10))).settle(answer(10, 0))
    const unclear = granted(await budget.reserve(request(100)))
    granted(await budget.reserve(request(1))).settle(answer(3, 0))
    unclear.keep()
    expect(await budget.reserve(request(40))).toBeUndefined()
  })

  it('awaits the first answer alone: what it tells of the estimate holds for all that follow', async () => {
    const budget = create(10_000n)
    const first = granted(await budget.reserve(request(10)))
    const others = [10, 20].map(async tokens => budget.reserve(request(tokens)))
    await allTurns()
    first.settle(answer(30, 5))
    expect((await Promise.all(others)).map(other => granted(other).amountUsd)).toEqual([130n, 160n])
  })

  it.each([
    ['a refused send', (reservation: Reservation) => reservation.release()],
    ['an outcome that nobody knows', (reservation: Reservation) => reservation.keep()],
  ])('lets one alone again after %s', async (_title, end) => {
    const budget = create(10_000n)
    end(granted(await budget.reserve(request(10))))
    const second = granted(await budget.reserve(request(10)))
    const third = budget.reserve(request(10))
    await allTurns()
    second.settle(answer(20, 5))
    expect(granted(await third).amountUsd).toBe(120n)
  })

  it('goes on after a first answer that reports no usage', async () => {
    const budget = create(10_000n)
    granted(await budget.reserve(request(10))).settle(unpriced)
    expect(await budget.reserve(request(10))).toBeDefined()
    expect(await budget.reserve(request(10))).toBeDefined()
  })

  it('lets a send wait for reservations that may end, in order', async () => {
    const budget = create(350n)
    granted(await budget.reserve(request(10))).settle(answer(10, 100))
    const first = granted(await budget.reserve(request(10)))
    const second = granted(await budget.reserve(request(10)))
    const order: string[] = []
    const waiting = [
      Promise.resolve(budget.reserve(request(10))).then(() => order.push('third')),
      Promise.resolve(budget.reserve(request(1))).then(() => order.push('fourth')),
    ]
    first.settle(answer(10, 0))
    second.settle(answer(10, 0))
    await Promise.all(waiting)
    expect(order).toEqual(['third', 'fourth'])
  })

  it('refuses those that wait once no reservation is left that could end', async () => {
    const budget = create(110n)
    const only = granted(await budget.reserve(request(10)))
    const waiting = budget.reserve(request(10))
    only.settle(answer(10, 90))
    expect(await waiting).toBeUndefined()
  })

  it('C3: never lets the sum of costs exceed the cap, whatever comes back in whatever order', async () => {
    const step = fc.record({
      tokens: fc.integer({ min: 1, max: 50 }),
      completion: fc.integer({ min: 0, max: 100 }),
      end: fc.constantFrom('settle', 'keep', 'release'),
      pick: fc.nat(20),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 3000 }), async (steps, cap) => {
        const budget = create(BigInt(cap))
        const open: { reservation: Reservation; end: () => void }[] = []
        let billed = 0
        for (const { tokens, completion, end, pick } of steps) {
          void Promise.resolve(budget.reserve(request(tokens))).then(reservation => {
            if (reservation === undefined) return
            const worst = tokens + 100
            const cost = { settle: tokens + completion, keep: worst, release: 0 }[end]
            open.push({
              reservation,
              end() {
                billed += cost
                if (end === 'settle') reservation.settle(answer(tokens, completion))
                else reservation[end]()
              },
            })
          })
          await Promise.resolve()
          await Promise.resolve()
          if (pick % 2 === 0) open.splice(pick % Math.max(open.length, 1), 1)[0]?.end()
          expect(billed).toBeLessThanOrEqual(cap)
        }
        while (open.length > 0) {
          open.pop()?.end()
          await Promise.resolve()
          await Promise.resolve()
        }
        expect(billed).toBeLessThanOrEqual(cap)
      }),
    )
  })
})
