import type OpenAI from 'openai'
import type { ClientOptions } from 'openai'
import { PromptmillError } from '../core/errors.js'
import { loadPackage } from '../core/load-package.js'
import type { Request } from '../core/model.js'
import { type AzureAddress, readAzureUrl } from './azure.js'
import { isLoopback, parseBaseUrl } from './base-url.js'
import { checkKey, missingKey } from './key.js'
import { createAnswerScrub, createScrub } from './scrub.js'

export interface EndpointSettings {
  readonly baseUrl: string
  /** Undefined is allowed for a loopback endpoint alone. */
  readonly apiKey: string | undefined
  /** Goes before `apiKey` when the base URL is Azure's. */
  readonly azureApiKey?: string | undefined
  /** `api-version` for Azure, whose older forms need one; of no effect elsewhere. */
  readonly apiVersion?: string | undefined
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
  /** The same for the body of an answer, which a key too short to be secret does not change. */
  readonly scrubAnswer: (body: string) => string
}

const isGiven = (key: string | undefined): key is string => key !== undefined && key.trim() !== ''

/** The key for this endpoint, checked. Undefined when there is none and none is needed. */
const readKey = (
  { apiKey, azureApiKey }: EndpointSettings,
  { url, azure }: { readonly url: URL; readonly azure: boolean },
): string | undefined => {
  if (azure && isGiven(azureApiKey)) return checkKey(azureApiKey, 'AZURE_OPENAI_API_KEY')
  if (isGiven(apiKey)) return checkKey(apiKey)
  if (isLoopback(url)) return undefined
  throw missingKey(azure ? 'AZURE_OPENAI_API_KEY' : 'OPENAI_API_KEY')
}

interface ClientParts {
  readonly baseURL: string
  readonly key: string | undefined
  readonly azure: AzureAddress | undefined
}

/**
 * What authenticates, and whose account is asked for. Not by the SDK's own client for Azure: that one insists on a
 * version, which the newer form does not have, and puts a model's name into the path as it is.
 */
const toAccount = (settings: EndpointSettings, { key, azure }: ClientParts): ClientOptions => {
  if (azure !== undefined) {
    return {
      organization: null,
      project: null,
      defaultHeaders: { Authorization: null, ...(key === undefined ? {} : { 'api-key': key }) },
      ...(azure.apiVersion === undefined ? {} : { defaultQuery: { 'api-version': azure.apiVersion } }),
    }
  }
  return {
    organization: settings.organization?.trim() || null,
    project: settings.project?.trim() || null,
    ...(key === undefined ? { defaultHeaders: { Authorization: null } } : {}),
  }
}

const createClient = (settings: EndpointSettings, parts: ClientParts): OpenAI => {
  // Loaded here and not at the top: it takes as long as all the rest, and most commands do not send.
  const { default: OpenAI } = loadPackage('openai') as typeof import('openai')
  return new OpenAI({
    baseURL: parts.baseURL,
    apiKey: parts.key ?? 'none',
    timeout: settings.timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
    ...toAccount(settings, parts),
  })
}

/** They describe the SDK's own sending, its retry count and timeout among it, which is not what happens here. */
const isSdkReport = (name: string): boolean => name.startsWith('x-stainless-')

const prepare = async (client: OpenAI, path: string): Promise<Target> => {
  const { url, req } = await client.buildRequest({ method: 'post', path, body: {} })
  const { pathname, search } = new URL(url)
  // A name such as `..` in a path leads elsewhere.
  if (!pathname.endsWith(path)) throw new Error('no such path')
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
  const baseUrl = url.href.replace(/\/$/, '')
  const azure = readAzureUrl(url, settings.apiVersion)
  const key = readKey(settings, { url, azure: azure !== undefined })
  const client = createClient(settings, { baseURL: azure?.baseUrl ?? baseUrl, key, azure })
  const pathOf = azure?.pathOf ?? (({ path }: Request): string => path)
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
  const secrets = [...(key === undefined ? [] : [key]), ...secretsOf(first)]
  return {
    origin: url.origin,
    baseUrl,
    target(request) {
      const path = pathOf(request)
      return targets.get(path) ?? load(path)
    },
    scrub: createScrub(secrets),
    scrubAnswer: createAnswerScrub(secrets),
  }
}
