import type { Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { PromptmillError } from '../core/errors.js'
import { loadPackage } from '../core/load-package.js'

export interface DispatcherOptions {
  /** Sockets at once, at most. */
  readonly connections: number
  readonly connectTimeoutMs: number
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are looked up, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Idle sockets live so long unless the server hints at less; then they are dropped a second before its time, in ms. */
const keepAliveMs = 4000
const keepAliveMarginMs = 1000
const longestKeepAliveMs = 60_000

/** By its own file: all of undici, its own `fetch` and web socket among it, takes 60 ms longer to load. */
const loadPool = (): typeof Pool => {
  try {
    return loadPackage('undici/lib/dispatcher/pool.js') as typeof Pool
  } catch {
    // A later version may keep it elsewhere.
    return (loadPackage('undici') as typeof import('undici')).Pool
  }
}

const loadProxyAgent = (): typeof EnvHttpProxyAgent =>
  (loadPackage('undici') as typeof import('undici')).EnvHttpProxyAgent

type Env = DispatcherOptions['env']

/** The lower-case form wins, as it does for curl. */
const lookUp = (env: Env, name: string): string => env[name.toLowerCase()] || env[name] || ''

const proxyProtocols: ReadonlySet<string> = new Set(['http:', 'https:', 'socks:', 'socks5:'])

/** The URL of a proxy; without a scheme it is http. Empty when none is set. */
const readProxy = (env: Env, name: string): string => {
  const value = lookUp(env, name)
  const text = value === '' || value.includes('://') ? value : `http://${value}`
  if (text === '' || (URL.canParse(text) && proxyProtocols.has(new URL(text).protocol))) return text
  throw new PromptmillError('bad_flag', `${name} is not the URL of a proxy`, {
    hint: 'It looks like http://proxy.example:3128',
  })
}

/**
 * The connections to one endpoint: a bounded pool, through the environment's proxy where one is set and meant for the
 * host. Redirects are not followed. Own deadlines hold, so undici's are off: its limit for headers ends long answers.
 * @throws PromptmillError `bad_flag` for a proxy that is no URL, without the value: it may hold a password
 */
export const openDispatcher = (
  origin: string,
  { connections, connectTimeoutMs, env }: DispatcherOptions,
): Dispatcher => {
  const options = {
    connections,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveTimeoutThreshold: keepAliveMarginMs,
    keepAliveMaxTimeout: longestKeepAliveMs,
  }
  const httpProxy = readProxy(env, 'HTTP_PROXY')
  const httpsProxy = readProxy(env, 'HTTPS_PROXY')
  if (httpProxy === '' && httpsProxy === '') {
    const OnePool = loadPool()
    return new OnePool(origin, options)
  }
  const ProxyAgent = loadProxyAgent()
  return new ProxyAgent({ ...options, httpProxy, httpsProxy, noProxy: lookUp(env, 'NO_PROXY') })
}
