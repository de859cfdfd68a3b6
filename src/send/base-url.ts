import { PromptmillError } from '../core/errors.js'

const badUrl = (message: string, hint: string): PromptmillError =>
  new PromptmillError('bad_flag', `--base-url ${message}`, { hint })

/** Whether the host is this machine: nothing leaves it, so neither key nor TLS is needed. */
export const isLoopback = ({ hostname }: Pick<URL, 'hostname'>): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127\.\d+\.\d+\.\d+$/.test(hostname)

const example = 'It looks like https://api.openai.com/v1'

const parse = (text: string): URL => {
  if (!/^https?:\/\//i.test(text)) throw badUrl('must begin with https:// or http://', example)
  // A URL parser skips a third slash, and takes what follows for the host.
  if (/^https?:\/\/[/\\]/i.test(text)) throw badUrl('names no host', example)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '') throw badUrl('is not a URL', example)
  return url
}

/**
 * Reads the base URL of an endpoint.
 * @throws PromptmillError `bad_flag`, without the value: it may hold a password
 */
export const parseBaseUrl = (text: string, { insecureHttp }: { readonly insecureHttp: boolean }): URL => {
  const url = parse(text.trim())
  if (url.username !== '' || url.password !== '') {
    throw badUrl('holds a user or password', 'Set the key in OPENAI_API_KEY; an address shows in lists and logs')
  }
  if (url.searchParams.has('api-version')) {
    throw badUrl('has a query', 'Give the part before the question mark, and the version as --api-version')
  }
  if (url.search !== '' || url.hash !== '') throw badUrl('has a query or fragment', example)
  if (/\/(?:completions|responses|embeddings)\/?$/.test(url.pathname)) {
    throw badUrl('is the address of one operation', 'Give the part before it, which most often ends in /v1')
  }
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url)) {
    throw badUrl(
      `sends key and prompts unencrypted to ${url.host}`,
      'Use https://, or add --insecure-http if you mean it',
    )
  }
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}
