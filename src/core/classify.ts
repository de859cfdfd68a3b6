import type { EndpointError } from './answer.js'
import type { FailureCode } from './failures.js'

/** A reply that is no answer, as far as it matters for what it means. */
export interface FailedReply {
  readonly status: number
  readonly error: EndpointError
  readonly hasRetryAfter: boolean
}

/** Codes and types of the `error` object. Type is looked up after code: a specific code often comes with an old type. */
const byName: ReadonlyMap<string, FailureCode> = new Map([
  ['insufficient_quota', 'out_of_credit'],
  ['credit_balance_exhausted', 'out_of_credit'],
  ['project_spend_limit_exceeded', 'out_of_credit'],
  ['organization_spend_limit_exceeded', 'out_of_credit'],
  ['organization_usage_limit_exceeded', 'out_of_credit'],
  ['billing_hard_limit_reached', 'out_of_credit'],
  ['billing_not_active', 'out_of_credit'],
  ['access_terminated', 'no_access'],
  ['unsupported_country_region_territory', 'no_access'],
  ['ip_not_authorized', 'no_access'],
  ['insufficient_permissions', 'no_access'],
  ['permission_error', 'no_access'],
  ['invalid_api_key', 'invalid_key'],
  ['authentication_error', 'invalid_key'],
  ['model_not_found', 'model_not_found'],
  ['DeploymentNotFound', 'model_not_found'],
  ['slow_down', 'slow_down'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['rate_limit_error', 'rate_limited'],
  ['server_is_overloaded', 'overloaded'],
  ['service_unavailable_error', 'overloaded'],
  ['overloaded_error', 'overloaded'],
  ['resource_unavailable', 'overloaded'],
  ['context_length_exceeded', 'context_too_long'],
  ['content_policy_violation', 'content_policy'],
  ['content_filter', 'content_policy'],
  ['invalid_prompt', 'content_policy'],
])

/** Billing words, which decide wherever they stand: `error.type` may still be the old one while `code` is specific. */
const billing = (name: string | undefined): boolean => name !== undefined && byName.get(name) === 'out_of_credit'

interface MessageRule {
  readonly statuses: readonly number[]
  readonly pattern: RegExp
  readonly code: FailureCode
}

/** What compatible servers say in words alone. */
const byMessage: readonly MessageRule[] = [
  { statuses: [400, 429], pattern: /credit balance is too low/i, code: 'out_of_credit' },
  {
    statuses: [400, 403],
    pattern: /api key (?:is )?(?:not valid|invalid)|in(?:valid|correct) api key/i,
    code: 'invalid_key',
  },
  { statuses: [400, 413, 422], pattern: /context (?:length|window)|prompt is too long/i, code: 'context_too_long' },
  { statuses: [403], pattern: /moderation|flagged/i, code: 'content_policy' },
  { statuses: [404], pattern: /(?:model|deployment)\b.*\b(?:not found|not exist)/is, code: 'model_not_found' },
  { statuses: [404], pattern: /\b(?:url|path|route)\b|^(?:resource )?not found$/i, code: 'wrong_url' },
]

/** Long enough for every message that decides something, short enough for any pattern. */
const readable = (message: string | undefined): string => message?.slice(0, 2000) ?? ''

const sizes = /\bLimit:? ([\d,]+).*?\bRequested:? ([\d,]+)/s

const toCount = (digits = ''): number => Number(digits.replaceAll(',', ''))

/** "Limit 30000, Requested 60000": no wait makes room for that. */
const neverFits = (message: string): boolean => {
  const [, limit, requested] = sizes.exec(message) ?? []
  return toCount(requested) > toCount(limit)
}

const byStatus: ReadonlyMap<number, FailureCode> = new Map([
  [401, 'invalid_key'],
  [402, 'out_of_credit'],
  [403, 'no_access'],
  [405, 'wrong_url'],
  [407, 'proxy_failed'],
  [408, 'timeout'],
  [409, 'conflict'],
  [413, 'too_large'],
  [425, 'server_error'],
  [429, 'rate_limited'],
  [529, 'overloaded'],
])

const classifyStatus = ({ status, error, hasRetryAfter }: FailedReply): FailureCode => {
  if (status >= 300 && status < 400) return 'redirected'
  // An error in the API's form means that somebody read the request: what is missing is something the row names.
  if (status === 404) return error.message === undefined ? 'wrong_url' : 'bad_request'
  if (status === 503 && hasRetryAfter) return 'overloaded'
  return byStatus.get(status) ?? (status >= 500 ? 'server_error' : 'bad_request')
}

const classifyNamed = (reply: FailedReply): FailureCode | undefined => {
  const { code, type } = reply.error
  if (billing(code) || billing(type)) return 'out_of_credit'
  const message = readable(reply.error.message)
  if (reply.status === 429 && neverFits(message)) return 'row_over_tpm'
  const named = byName.get(code ?? '') ?? byName.get(type ?? '')
  if (named !== undefined) return named
  return byMessage.find(({ statuses, pattern }) => statuses.includes(reply.status) && pattern.test(message))?.code
}

/**
 * What a reply other than 2xx means: from `code`, then `type`, then what the message says, then the status.
 * After OpenAI's error-code and rate-limit guides, and what compatible servers were seen to send.
 */
export const classifyReply = (reply: FailedReply): FailureCode => classifyNamed(reply) ?? classifyStatus(reply)

/**
 * What an `error` object under status 200 means. Gateways put the status of the real reply into `code`; without one that
 * is known, somebody may have been billed for something.
 */
export const classifyErrorInAnswer = (error: EndpointError): FailureCode => {
  const status = /^[45]\d\d$/.test(error.code ?? '') ? Number(error.code) : 200
  const code =
    status === 200
      ? classifyNamed({ status, error, hasRetryAfter: false })
      : classifyReply({ status, error, hasRetryAfter: false })
  return code === undefined || code === 'server_error' || code === 'wrong_url' ? 'error_in_answer' : code
}

/** Codes of Node's TLS errors; those with a speaking prefix are not listed. */
const certificateCodes: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'UND_ERR_PRX_TLS',
  'EPROTO',
])

const isTlsCode = (code: string): boolean => certificateCodes.has(code) || /^(?:CERT_|ERR_TLS_|ERR_SSL_)/.test(code)

/** What an attempt that brought no reply means. `sent`: whether the endpoint may have read the request. */
export const classifyBreak = ({ code, sent }: { readonly code: string; readonly sent: boolean }): FailureCode => {
  if (code === 'body_limit') return 'answer_too_large'
  if (sent) return code === 'deadline' ? 'timeout' : 'connection_lost'
  if (code === 'bad_target' || code === 'UND_ERR_INVALID_ARG') return 'bad_request'
  if (code === 'EMFILE' || code === 'ENFILE') return 'too_many_sockets'
  if (isTlsCode(code)) return 'tls_failed'
  return /^proxy_40[137]$/.test(code) ? 'proxy_failed' : 'connection_failed'
}
