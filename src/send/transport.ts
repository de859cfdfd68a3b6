import type { Clock } from '../core/clock.js'
import type { Request } from '../core/model.js'
import { type Call, createCall } from './call.js'
import type { Endpoint, Target } from './client.js'
import type { Exchange, Transport } from './contract.js'
import { openDispatcher } from './dispatcher.js'
import { createLiveCalls } from './live-calls.js'

export interface TransportOptions {
  readonly clock: Clock
  /** Sockets at once, at most. */
  readonly connections: number
  /** One attempt in all, headers and body, in ms. */
  readonly timeoutMs: number
  readonly connectTimeoutMs?: number
  readonly maxBodyBytes?: number
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are looked up, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const defaultConnectTimeoutMs = 10_000
const defaultMaxBodyBytes = 64 * 2 ** 20

const abort = (call: Call): void => call.end('aborted', 'the run was aborted')

/** There is no address for the request: its path is none. */
const noTarget: Exchange = { kind: 'broken', code: 'bad_target', sent: false, message: 'no such path', latencyMs: 0 }

/**
 * Opens connections to the endpoint lazily; nothing is sent before the first `send`.
 * @throws PromptmillError `bad_flag` for a proxy that is no URL
 */
export const createTransport = (endpoint: Endpoint, options: TransportOptions): Transport => {
  const { connectTimeoutMs = defaultConnectTimeoutMs, maxBodyBytes = defaultMaxBodyBytes } = options
  const { origin } = endpoint
  const callOptions = { clock: options.clock, timeoutMs: options.timeoutMs, maxBodyBytes }
  const dispatcher = openDispatcher(origin, { ...options, connectTimeoutMs })
  const live = createLiveCalls()
  let aborted = false

  const exchange = (target: Target, body: string | Uint8Array, attemptId: string): Promise<Exchange> =>
    new Promise(resolve => {
      const call = createCall(callOptions, end => {
        live.remove(place)
        resolve(end)
      })
      const place = live.add(call)
      if (aborted) return abort(call)
      const headers = [...target.headers, 'x-client-request-id', attemptId]
      try {
        dispatcher.dispatch({ origin, path: target.path, method: 'POST', headers, body }, call.handler)
      } catch (error) {
        call.reject(error)
      }
    })

  return {
    send(request: Request, attemptId: string, body: string | Uint8Array = request.body): Promise<Exchange> {
      const target = endpoint.target(request)
      if (!(target instanceof Promise)) return exchange(target, body, attemptId)
      return target.then(
        ready => exchange(ready, body, attemptId),
        () => noTarget,
      )
    },
    abort() {
      aborted = true
      for (const call of live.all()) abort(call)
    },
    async close() {
      await dispatcher.destroy()
    },
  }
}
