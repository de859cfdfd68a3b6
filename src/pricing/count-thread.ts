import { parentPort } from 'node:worker_threads'
import { createMeasurer } from './request-size.js'

/** The other side of a thread in `counting.ts`: bodies in, sizes out, one answer a message and in their order. */
const measure = createMeasurer()

parentPort?.on('message', (bodies: readonly string[]) => {
  measure(bodies).then(
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    sizes => parentPort?.postMessage(sizes),
    // Out of the promise, so that the thread ends with it and the other side is told.
    error =>
      setImmediate(() => {
        throw error
      }),
  )
})
