import type { Clock } from '../core/clock.js'
import type { Endpoint } from './client.js'
import type { Transport } from './contract.js'

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

/** Opens connections to the endpoint lazily; nothing is sent before the first `send`. */
export declare const createTransport: (endpoint: Endpoint, options: TransportOptions) => Transport
