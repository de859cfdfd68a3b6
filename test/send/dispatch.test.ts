import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/core/model.js'
import type { Sender, SendStop, Settlement } from '../../src/send/contract.js'
import { dispatch } from '../../src/send/dispatch.js'
import { requestFor } from './sending.js'

const answered: Settlement = {
  status: 'answered',
  position: 0,
  answer: {
    status: 'ok',
    response: '',
    finishReason: 'stop',
    flag: undefined,
    model: undefined,
    serviceTier: undefined,
    usage: undefined,
  },
}

/** A sender that ends rows when it is told to. */
const createManualSender = (window: number) => {
  const open: ((settlement: Settlement) => void)[] = []
  const log = { most: 0, ended: false, drained: false }
  let stop: SendStop | undefined
  let tell: ((stop: SendStop) => void) | undefined
  const stopped = new Promise<SendStop>(resolve => {
    tell = resolve
  })
  const end = (): void => {
    stop = { code: 'drained', message: '', hint: undefined }
    tell?.(stop)
    for (const resolve of open.splice(0)) resolve({ status: 'left' })
  }
  const sender: Sender = {
    window,
    settle: () =>
      new Promise(resolve => {
        open.push(resolve)
        log.most = Math.max(log.most, open.length)
      }),
    inputEnded: () => {
      log.ended = true
    },
    drain: () => {
      log.drained = true
      end()
    },
    abort: end,
    get stop() {
      return stop
    },
    stopped,
    load: () => ({ inFlight: 0, limit: 1, hold: undefined }),
  }
  return { sender, log, open, end, settleOne: () => open.shift()?.(answered) }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

async function* batches(count: number, pulled: { rows: number }): AsyncGenerator<readonly Request[]> {
  for (let row = 0; row < count; row += 3) {
    pulled.rows = row + 3
    yield [requestFor(row), requestFor(row + 1), requestFor(row + 2)]
  }
}

describe('dispatch', () => {
  it('pulls rows only as others end', async () => {
    const { sender, log, settleOne, open } = createManualSender(5)
    const pulled = { rows: 0 }
    const settled: number[] = []
    const done = dispatch(batches(300, pulled), sender, { onSettled: ({ row }) => settled.push(row) })
    await turn()
    expect(open).toHaveLength(5)
    expect(pulled.rows).toBeLessThanOrEqual(9)
    while (settled.length < 300) {
      settleOne()
      await turn()
    }
    await done
    expect(log).toMatchObject({ most: 5, ended: true, drained: false })
    expect(settled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, row) => row))
  })

  it('stops pulling when the sender stops, and waits for what is open', async () => {
    const { sender, end, log } = createManualSender(5)
    const pulled = { rows: 0 }
    const statuses: string[] = []
    const done = dispatch(batches(300, pulled), sender, { onSettled: (_request, { status }) => statuses.push(status) })
    await turn()
    end()
    await done
    expect(statuses).toEqual(Array.from({ length: 5 }, () => 'left'))
    expect(pulled.rows).toBeLessThanOrEqual(9)
    expect(log.ended).toBe(true)
  })

  it('does not wait for an input that has nothing to say when the sender stops', async () => {
    const { sender, end } = createManualSender(5)
    const silent: AsyncIterable<readonly Request[]> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    }
    const done = dispatch(silent, sender)
    await turn()
    end()
    expect(await done).toBeUndefined()
  })

  it('closes the input it leaves', async () => {
    const { sender, end } = createManualSender(2)
    const source = batches(300, { rows: 0 })
    const done = dispatch(source, sender)
    await turn()
    end()
    await done
    expect(await source.next()).toEqual({ done: true, value: undefined })
  })

  it('tells an error of the input once everything open has ended', async () => {
    const { sender, log } = createManualSender(5)
    const broken = new Error('bad row')
    async function* source(): AsyncGenerator<readonly Request[]> {
      yield [requestFor(0)]
      throw broken
    }
    const settled: number[] = []
    await expect(dispatch(source(), sender, { onSettled: ({ row }) => settled.push(row) })).rejects.toBe(broken)
    expect(settled).toEqual([0])
    expect(log.drained).toBe(true)
  })

  it('hands on how often a row was sent before', async () => {
    const { sender, settleOne } = createManualSender(5)
    const seen: unknown[] = []
    const spy: Sender = { ...sender, settle: (request, earlier) => (seen.push(earlier), sender.settle(request)) }
    const done = dispatch(batches(3, { rows: 0 }), spy, { earlierAttempts: ({ row }) => row * 10 })
    await turn()
    for (let row = 0; row < 3; row++) settleOne()
    await done
    expect(seen).toEqual([{ attempts: 0 }, { attempts: 10 }, { attempts: 20 }])
  })
})
