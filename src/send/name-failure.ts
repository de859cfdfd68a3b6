import type { Answer } from '../core/answer.js'
import { classifyBreak, classifyErrorInAnswer, classifyReply } from '../core/classify.js'
import { type FailureCode, failureClassOf, failureTable } from '../core/failures.js'
import type { Verdict } from '../core/judge.js'
import type { Reply, RowFault } from '../core/model.js'
import { tellFault } from '../core/outcome.js'
import type { Exchange } from './contract.js'
import { readErrorBody } from './error-body.js'
import { readRetryAfter } from './retry-after.js'
import { type NamedFailure, requestIdOf } from './rows.js'

export interface Failure extends NamedFailure {
  /** What the server asks to wait, in ms. */
  readonly askedMs: number | undefined
}

export interface Naming {
  readonly scrub: (text: string) => string
  readonly wallMs: number
}

/** Most of a message and of a body that is kept, in characters. */
const longestMessage = 500
const longestExcerpt = 2000

/** Room for a key that begins before the cut and ends behind it. */
const overlap = 4000

const cut = (text: string, length: number, { scrub }: Naming): string =>
  scrub(text.slice(0, length + overlap)).slice(0, length)

const redirectHost = (location: string): string => (URL.canParse(location) ? new URL(location).host : 'another path')

const tell = (code: FailureCode, said: string | undefined, status: number): string =>
  `HTTP ${status}: ${said ?? failureTable[code].title}`

/** What a reply other than 2xx means. */
export const nameReply = (reply: Reply, naming: Naming): Failure => {
  const { status, headers } = reply
  const error = readErrorBody(reply.body)
  const askedMs = readRetryAfter(headers, error.message ?? '', naming.wallMs)
  const code = classifyReply({ status, error, hasRetryAfter: headers['retry-after'] !== undefined })
  const said = code === 'redirected' ? `a redirect to ${redirectHost(headers['location'] ?? '')}` : error.message
  return {
    code,
    message: cut(tell(code, said, status), longestMessage, naming),
    status,
    latencyMs: reply.latencyMs,
    requestId: requestIdOf(reply, naming.scrub),
    ambiguous: failureClassOf(code) === 'ambiguous',
    body: reply.body === '' ? null : cut(reply.body, longestExcerpt, naming),
    askedMs,
  }
}

/** What an attempt that brought no reply means. */
export const nameBreak = (broken: Exchange & { kind: 'broken' }, naming: Naming): Failure => {
  const code = classifyBreak(broken)
  return {
    code,
    // OpenSSL ends its messages with a line break.
    message: cut(`${failureTable[code].title} (${broken.message.trim()})`, longestMessage, naming),
    status: null,
    latencyMs: broken.latencyMs,
    requestId: null,
    ambiguous: broken.sent,
    body: null,
    askedMs: undefined,
  }
}

/** What a 2xx reply that is no completion means. Its body stands in the answer's own record. */
export const nameUseless = (
  reply: Reply,
  answer: Answer & { status: 'error' | 'unreadable' },
  naming: Naming,
): Failure => {
  const isError = answer.status === 'error'
  const code = isError ? classifyErrorInAnswer(answer.error) : 'invalid_body'
  const said = isError ? (answer.error.message ?? answer.error.code ?? failureTable[code].title) : answer.message
  return {
    code,
    message: cut(said, longestMessage, naming),
    status: reply.status,
    latencyMs: reply.latencyMs,
    requestId: requestIdOf(reply, naming.scrub),
    ambiguous: failureClassOf(code) === 'ambiguous',
    body: null,
    askedMs: readRetryAfter(reply.headers, said, naming.wallMs),
  }
}

/** What an answer that is not what was asked for means. Its body stands in the answer's own record. */
export const nameInvalid = (reply: Reply, { code, message }: Verdict & { ok: false }, naming: Naming): Failure => ({
  code,
  message: cut(message, longestMessage, naming),
  status: reply.status,
  latencyMs: reply.latencyMs,
  requestId: requestIdOf(reply, naming.scrub),
  ambiguous: false,
  body: null,
  askedMs: undefined,
})

const unsentFailure = (code: FailureCode, message: string): Failure => ({
  code,
  message,
  status: null,
  latencyMs: 0,
  requestId: null,
  ambiguous: false,
  body: null,
  askedMs: undefined,
})

/** A request whose body cannot be completed, found before it is sent. */
export const nameFault = (fault: RowFault): Failure => unsentFailure(fault.code, tellFault(fault))

/** A row that alone needs more tokens than a minute allows, found before it is sent. */
export const nameOverTpm = (tokens: number, limit: number): Failure =>
  unsentFailure('row_over_tpm', `The prompt has about ${Math.ceil(tokens)} tokens, and the limit is ${limit} a minute`)
