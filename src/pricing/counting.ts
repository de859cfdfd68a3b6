import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { createMeasurer, type RequestSize } from './request-size.js'

/** Something that can be measured: it has a body in JSON. */
interface Measurable {
  readonly body: string
}

/** Takes each request with its size. Requests come back in no particular order. */
export type OnSize<T> = (request: T, size: RequestSize) => void

/** Counts the tokens of many requests. Pulled: what is handed over and not yet measured never exceeds a few batches. */
export interface Counting<T extends Measurable> {
  /** Resolves when there is room for more. */
  add(batch: readonly T[]): Promise<void>
  /** Resolves when everything is measured. */
  finish(): Promise<void>
  /** Ends the threads, whatever they are doing. */
  close(): Promise<void>
}

export interface CountingOptions {
  /** Threads to count in; as many as there are cores unless given. With 0, all is counted where it is called. */
  readonly threads?: number | undefined
  /** Characters that are counted where it is called, before threads are started: a small file is done by then. */
  readonly alone?: number
}

/** Half a second's worth or so: about what it takes two threads to start and to load their encodings. */
const aloneCharacters = 4_000_000

/** Enough that a thread never waits for work, few enough that memory stays flat. */
const batchesPerThread = 3

interface CountThread {
  readonly load: () => number
  count(bodies: readonly string[]): Promise<readonly RequestSize[]>
  close(): Promise<unknown>
}

interface Waiting {
  readonly resolve: (sizes: readonly RequestSize[]) => void
  readonly reject: (error: unknown) => void
}

const startThread = (): CountThread => {
  const worker = new Worker(new URL('./count-thread.js', import.meta.url))
  const waiting: Waiting[] = []
  worker.on('message', (sizes: readonly RequestSize[]) => waiting.shift()?.resolve(sizes))
  worker.on('error', error => {
    for (const { reject } of waiting.splice(0)) reject(error)
  })
  return {
    load: () => waiting.length,
    count: bodies =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(bodies)
      }),
    close: () => worker.terminate(),
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/**
 * Counts here first; when there is much to count, in threads, one a core. Counting is nearly all of the work of an
 * estimate, and rows do not depend on each other.
 */
export const createCounting = <T extends Measurable>(
  onSize: OnSize<T>,
  { threads = availableParallelism(), alone = aloneCharacters }: CountingOptions = {},
): Counting<T> => {
  const measureHere = createMeasurer()
  const pool: CountThread[] = []
  const pending = new Set<Promise<void>>()
  let countedHere = 0
  let failed: { readonly error: unknown } | undefined

  const report = (batch: readonly T[], sizes: readonly RequestSize[]): void => {
    for (const [index, request] of batch.entries()) {
      const size = sizes[index]
      if (size !== undefined) onSize(request, size)
    }
  }
  const check = (): void => {
    if (failed !== undefined) throw failed.error
  }
  const countInThread = async (batch: readonly T[]): Promise<void> => {
    while (pool.length < threads) pool.push(startThread())
    const [free] = pool.toSorted((a, b) => a.load() - b.load())
    if (free === undefined) return
    const work = free.count(batch.map(({ body }) => body)).then(
      sizes => report(batch, sizes),
      error => {
        failed ??= { error }
      },
    )
    pending.add(work)
    void work.then(() => pending.delete(work))
    while (sum(pool.map(({ load }) => load())) >= pool.length * batchesPerThread) await Promise.race(pending)
    check()
  }
  return {
    async add(batch) {
      if (batch.length === 0) return
      if (threads > 1 && countedHere > alone) return countInThread(batch)
      countedHere += sum(batch.map(({ body }) => body.length))
      report(batch, await measureHere(batch.map(({ body }) => body)))
    },
    async finish() {
      await Promise.all(pending)
      check()
    },
    async close() {
      await Promise.all(pool.map(thread => thread.close()))
    },
  }
}
