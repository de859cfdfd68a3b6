import type { Request } from '../core/model.js'

export interface EndpointSettings {
  readonly baseUrl: string
  /** Undefined is allowed for a loopback endpoint alone. */
  readonly apiKey: string | undefined
  readonly organization: string | undefined
  readonly project: string | undefined
  /** Allows plain `http://` to a host that is not loopback. */
  readonly insecureHttp: boolean
  /** One attempt in all, headers and body, in ms. */
  readonly timeoutMs: number
}

/** Where a request goes and what goes with it. */
export interface Target {
  readonly path: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
}

/** The endpoint of a run: address, authentication and headers, prepared once. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string
  /** For people and the journal: the base URL, which holds no credentials. */
  readonly baseUrl: string
  readonly target: (request: Request) => Target | Promise<Target>
  /** Takes the key out of a text, in every form it may come back in. */
  readonly scrub: (text: string) => string
}

/**
 * Prepares the endpoint of a run with the SDK, which stays the one source of URLs and authentication.
 * Throws `bad_key` and `bad_flag`, never with the key or a password in the text.
 */
export declare const openEndpoint: (settings: EndpointSettings) => Promise<Endpoint>
