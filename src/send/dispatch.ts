import type { Request } from '../core/model.js'
import type { Sender, Settlement } from './contract.js'

export interface DispatchOptions {
  /** Told of each row's end, as it ends. */
  readonly onSettled?: (request: Request, settlement: Settlement) => void
  /** The row's sends in earlier sessions. */
  readonly earlierAttempts?: (request: Request) => number
}

/** One waiter at a time: `wait` resolves at the next `ring`. */
const createBell = () => {
  let waiter: (() => void) | undefined
  return {
    wait: () =>
      new Promise<void>(resolve => {
        waiter = resolve
      }),
    ring(): void {
      waiter?.()
      waiter = undefined
    },
  }
}

/** The next batch, or undefined when the input has ended or the sender stops first. */
const createPull = (source: AsyncIterator<readonly Request[]>, stopped: Promise<unknown>) => {
  let leave: (() => void) | undefined
  void stopped.then(() => leave?.())
  // Not Promise.race: every race would leave a reaction on `stopped` for as long as the run lasts.
  return () =>
    new Promise<readonly Request[] | undefined>((resolve, reject) => {
      leave = () => resolve(undefined)
      source.next().then(next => resolve(next.done === true ? undefined : next.value), reject)
    })
}

/**
 * Pulls rows and hands them to the sender, at most `sender.window` of them at once; stops pulling when the sender
 * stops. Resolves when everything pulled is settled; rejects, then too, with the input's or the journal's error.
 */
export const dispatch = async (
  batches: AsyncIterable<readonly Request[]>,
  sender: Sender,
  options: DispatchOptions = {},
): Promise<void> => {
  const bell = createBell()
  const rows = { open: 0 }
  let failure: { readonly error: unknown } | undefined
  void sender.stopped.then(() => bell.ring())

  const fail = (error: unknown): void => {
    failure ??= { error }
    sender.drain()
  }
  const settle = async (request: Request): Promise<void> => {
    rows.open += 1
    try {
      const attempts = options.earlierAttempts?.(request) ?? 0
      const settlement = await sender.settle(request, { attempts })
      options.onSettled?.(request, settlement)
    } catch (error) {
      fail(error)
    }
    rows.open -= 1
    bell.ring()
  }

  const source = batches[Symbol.asyncIterator]()
  const pull = createPull(source, sender.stopped)
  try {
    for (let batch = await pull(); batch !== undefined && sender.stop === undefined; batch = await pull()) {
      for (const request of batch) {
        while (rows.open >= sender.window && sender.stop === undefined) await bell.wait()
        if (sender.stop !== undefined) break
        void settle(request)
      }
    }
  } catch (error) {
    fail(error)
  }
  // Not awaited: a source that waits for its next row answers only when that row comes.
  if (sender.stop !== undefined) void source.return?.().catch(() => undefined)
  sender.inputEnded()
  while (rows.open > 0) await bell.wait()
  if (failure !== undefined) throw failure.error
}
