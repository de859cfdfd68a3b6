import { describe, expect, it } from 'vitest'
import { classifyBreak, classifyErrorInAnswer, classifyReply } from '../../src/core/classify.js'
import { failureClassOf } from '../../src/core/failures.js'

const error = (code?: string, type?: string, message?: string) => ({ code, type, message })
const reply = (status: number, named = error(), hasRetryAfter = false) => ({ status, error: named, hasRetryAfter })

const tooLarge =
  'Request too large for gpt-x in organization org-1 on tokens per min (TPM): Limit 30,000, Requested 60,000.'
const justWait =
  'Rate limit reached for gpt-x on tokens: Limit 60000, Used 54134, Requested 6465. Please try again in 599ms'

describe('classifyReply', () => {
  it.each([
    ['S1: a rate limit', reply(429, error('rate_limit_exceeded', 'tokens', justWait)), 'rate_limited'],
    ['a 429 without a body', reply(429), 'rate_limited'],
    ['S5: slow_down under 429', reply(429, error('slow_down', 'rate_limit_error')), 'slow_down'],
    ['slow_down under 503', reply(503, error('slow_down')), 'slow_down'],
    ['S5: an overloaded server', reply(503, error('server_is_overloaded', 'service_unavailable_error')), 'overloaded'],
    ['a 503 that says when to come back', reply(503, error(), true), 'overloaded'],
    ['no room in the flex tier', reply(429, error('resource_unavailable')), 'overloaded'],
    ['I13: a row above the whole limit', reply(429, error('rate_limit_exceeded', 'tokens', tooLarge)), 'row_over_tpm'],
    ['S4: quota as code', reply(429, error('insufficient_quota')), 'out_of_credit'],
    ['S4: quota as type alone', reply(429, error('rate_limit_exceeded', 'insufficient_quota')), 'out_of_credit'],
    ['S4: credit', reply(429, error('credit_balance_exhausted', 'insufficient_quota')), 'out_of_credit'],
    ['S4: organization spend', reply(429, error('organization_spend_limit_exceeded')), 'out_of_credit'],
    ['S4: project spend', reply(429, error('project_spend_limit_exceeded')), 'out_of_credit'],
    ['S4: organization usage', reply(429, error('organization_usage_limit_exceeded')), 'out_of_credit'],
    ['S4: a billing code with a wait', reply(429, error('billing_hard_limit_reached'), true), 'out_of_credit'],
    ['billing not active', reply(400, error('billing_not_active')), 'out_of_credit'],
    ['payment required', reply(402, error('402', undefined, 'Insufficient Balance')), 'out_of_credit'],
    ['S6: a wrong key', reply(401, error('invalid_api_key', 'invalid_request_error')), 'invalid_key'],
    ['a 401 of any kind', reply(401), 'invalid_key'],
    ['a wrong key under 400', reply(400, error('400', undefined, 'API key not valid.')), 'invalid_key'],
    ['S6: no access', reply(403, error('unsupported_country_region_territory')), 'no_access'],
    ['a terminated account', reply(429, error('access_terminated')), 'no_access'],
    ['S6: an unknown model', reply(404, error('model_not_found')), 'model_not_found'],
    [
      'an unknown model in words',
      reply(404, error('404', 'NotFoundError', 'The model `x` does not exist.')),
      'model_not_found',
    ],
    [
      'an unknown model in Ollama’s words',
      reply(404, error(undefined, 'api_error', 'model "x" not found, try pulling it first')),
      'model_not_found',
    ],
    ['an unknown Azure deployment', reply(404, error('DeploymentNotFound')), 'model_not_found'],
    ['an unknown path', reply(404, error(undefined, 'invalid_request_error', 'Invalid URL (POST /x)')), 'wrong_url'],
    ['a page for 404', reply(404), 'wrong_url'],
    ['a framework’s 404', reply(404, error(undefined, undefined, 'Not Found')), 'wrong_url'],
    ['Azure’s 404 for a path or version', reply(404, error('404', undefined, 'Resource not found')), 'wrong_url'],
    ['Azure’s wrong key', reply(401, error('401', undefined, 'Access denied due to invalid key')), 'invalid_key'],
    [
      'a file that the row names',
      reply(404, error(undefined, undefined, 'No such File object: file-1')),
      'bad_request',
    ],
    ['S7: a long context', reply(400, error('context_length_exceeded')), 'context_too_long'],
    [
      'a long context in words',
      reply(400, error(undefined, undefined, "This model's maximum context length is 9")),
      'context_too_long',
    ],
    ['S7: policy', reply(400, error('content_policy_violation')), 'content_policy'],
    ['Azure’s filter', reply(400, error('content_filter')), 'content_policy'],
    ['an invalid prompt', reply(400, error('invalid_prompt')), 'content_policy'],
    ['a moderated prompt', reply(403, error('403', undefined, 'your input was flagged')), 'content_policy'],
    [
      'a bad parameter',
      reply(400, error('unsupported_value', 'invalid_request_error', 'no temperature')),
      'bad_request',
    ],
    ['an unprocessable request', reply(422), 'bad_request'],
    ['a body too large', reply(413), 'too_large'],
    ['a server-side timeout', reply(408), 'timeout'],
    ['a lock', reply(409), 'conflict'],
    ['S9: 500', reply(500), 'server_error'],
    ['S9: 502', reply(502), 'server_error'],
    ['a plain 503', reply(503), 'server_error'],
    ['S9: 504', reply(504), 'server_error'],
    ['a gateway’s 524', reply(524), 'server_error'],
    ['529', reply(529), 'overloaded'],
    ['S15: a redirect', reply(302), 'redirected'],
    ['a proxy that wants a password', reply(407), 'proxy_failed'],
  ])('%s', (_title, failed, code) => {
    expect(classifyReply(failed)).toBe(code)
  })

  it('pitfall 1: never takes the status for the code', () => {
    expect(classifyReply(reply(400, error('429')))).toBe('bad_request')
  })
})

describe('classifyErrorInAnswer', () => {
  it.each([
    ['an unknown error', error(undefined, undefined, 'boom'), 'error_in_answer'],
    ['a gateway that passes 502 on', error('502', undefined, 'Provider returned error'), 'error_in_answer'],
    ['a gateway that passes 429 on', error('429'), 'rate_limited'],
    ['a gateway that passes 401 on', error('401'), 'invalid_key'],
    ['a gateway that passes 400 on', error('400'), 'bad_request'],
    ['an empty account', error('insufficient_quota'), 'out_of_credit'],
    ['a number that is no status', error('7'), 'error_in_answer'],
  ])('%s', (_title, named, code) => {
    expect(classifyErrorInAnswer(named)).toBe(code)
  })
})

describe('classifyBreak', () => {
  it.each([
    ['N1: a refused connection', 'ECONNREFUSED', false, 'connection_failed', 'never-sent'],
    ['N1: an unknown host', 'ENOTFOUND', false, 'connection_failed', 'never-sent'],
    ['a connect timeout', 'UND_ERR_CONNECT_TIMEOUT', false, 'connection_failed', 'never-sent'],
    ['a deadline before anything left', 'deadline', false, 'connection_failed', 'never-sent'],
    ['N2: a deadline after it left', 'deadline', true, 'timeout', 'ambiguous'],
    ['N5: a reset before anything left', 'ECONNRESET', false, 'connection_failed', 'never-sent'],
    ['N5: a reset after it left', 'ECONNRESET', true, 'connection_lost', 'ambiguous'],
    ['N5: a body shorter than declared', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', true, 'connection_lost', 'ambiguous'],
    ['S14: an endless body', 'body_limit', true, 'answer_too_large', 'ambiguous'],
    ['N7: an expired certificate', 'CERT_HAS_EXPIRED', false, 'tls_failed', 'run-fatal'],
    ['N7: a self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', false, 'tls_failed', 'run-fatal'],
    ['N7: another host’s certificate', 'ERR_TLS_CERT_ALTNAME_INVALID', false, 'tls_failed', 'run-fatal'],
    ['N10: a proxy that wants a password', 'proxy_407', false, 'proxy_failed', 'run-fatal'],
    ['N10: a proxy that cannot get through', 'proxy_502', false, 'connection_failed', 'never-sent'],
    ['a request that cannot be put into words', 'UND_ERR_INVALID_ARG', false, 'bad_request', 'row-fatal'],
    ['P9: no file descriptor left', 'EMFILE', false, 'too_many_sockets', 'never-sent'],
  ])('%s', (_title, code, sent, expected, kind) => {
    const failure = classifyBreak({ code, sent })
    expect([failure, failureClassOf(failure)]).toEqual([expected, kind])
  })
})
