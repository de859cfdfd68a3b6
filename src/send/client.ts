import type OpenAI from 'openai'
import { PromptmillError } from '../core/errors.js'
import type { Request } from '../core/model.js'
import { isLoopback, parseBaseUrl } from './base-url.js'
import { checkKey, missingKey } from './key.js'
import { createScrub } from './scrub.js'

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

const readKey = ({ apiKey = '' }: EndpointSettings, url: URL): string | undefined => {
  if (apiKey.trim() !== '') return checkKey(apiKey)
  if (isLoopback(url)) return undefined
  throw missingKey()
}

const createClient = async (settings: EndpointSettings, baseURL: string, key: string | undefined): Promise<OpenAI> => {
  // Loaded here and not at the top: it takes as long as all the rest, and most commands do not send.
  const { default: OpenAI } = await import('openai')
  return new OpenAI({
    baseURL,
    apiKey: key ?? 'none',
    organization: settings.organization?.trim() || null,
    project: settings.project?.trim() || null,
    timeout: settings.timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
    ...(key === undefined ? { defaultHeaders: { Authorization: null } } : {}),
  })
}

/** They describe the SDK's own sending, its retry count and timeout among it, which is not what happens here. */
const isSdkReport = (name: string): boolean => name.startsWith('x-stainless-')

const prepare = async (client: OpenAI, path: string): Promise<Target> => {
  const { url, req } = await client.buildRequest({ method: 'post', path, body: {} })
  const { pathname, search } = new URL(url)
  const headers = [...new Headers(req.headers)].filter(([name]) => !isSdkReport(name)).flat()
  return { path: pathname + search, headers }
}

const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'api-key', 'x-api-key', 'proxy-authorization'])

/** Whatever authenticates, also by the SDK's own environment variable for custom headers. */
const secretsOf = ({ headers }: Target): readonly string[] =>
  headers.flatMap((name, at) =>
    at % 2 === 0 && secretHeaders.has(name) ? [(headers[at + 1] ?? '').replace(/^\w+ /, '')] : [],
  )

/**
 * Prepares the endpoint of a run with the SDK, which stays the one source of URLs and authentication: what it would
 * make anew for each call is made once.
 * @throws PromptmillError `bad_key` and `bad_flag`, never with the key or a password in the text
 */
export const openEndpoint = async (settings: EndpointSettings): Promise<Endpoint> => {
  const url = parseBaseUrl(settings.baseUrl, settings)
  const key = readKey(settings, url)
  const baseUrl = url.href.replace(/\/$/, '')
  const client = await createClient(settings, baseUrl, key)
  const targets = new Map<string, Target>()
  const load = async (path: string): Promise<Target> => {
    const target = await prepare(client, path)
    targets.set(path, target)
    return target
  }
  const first = await load('/chat/completions').catch(() => {
    throw new PromptmillError('bad_flag', 'The request headers cannot be sent', {
      hint: 'OPENAI_ORG_ID, OPENAI_PROJECT_ID or OPENAI_CUSTOM_HEADERS holds a character that no header can',
    })
  })
  return {
    origin: url.origin,
    baseUrl,
    target: ({ path }) => targets.get(path) ?? load(path),
    scrub: createScrub([...(key === undefined ? [] : [key]), ...secretsOf(first)]),
  }
}
