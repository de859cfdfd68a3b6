import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../core/clock.js'
import { type ApiError, toErrorBody } from './api-error.js'
import type { Entry, Verdict } from './ledger.js'
import type { Session } from './session.js'
import { type Headers, judgeKey, sendBody } from './wire.js'

/** One call on the chat endpoint, from its headers to its end. */
export interface Call {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly session: Session
  readonly entry: Entry
  /** Whether replies keep silent about the limits. */
  readonly noHeaders: boolean
  /** The headers of a reply to this call, as of now. */
  headers(): Headers
  /** `x-request-id`: the same in every run for a call that is let in. */
  requestId: string
  /** What becomes of the call if the client leaves now. */
  ifLeft: Verdict
  /** Stops whatever the call is waiting for. */
  stop: () => void
}

interface CallContext {
  readonly session: Session
  readonly clock: Pick<Clock, 'now'>
  readonly noHeaders: boolean
}

const abandoned: Verdict = { state: 'abandoned', status: null }

const first = (header: string | string[] | undefined): string | null =>
  (Array.isArray(header) ? header[0] : header) ?? null

/** Opens a call in the ledger, and sees to it that it is closed there whatever the client does. */
export const openCall = (req: IncomingMessage, res: ServerResponse, context: CallContext): Call => {
  const { session, clock, noHeaders } = context
  const { ledger, limits } = session
  const at = clock.now()
  const entry = ledger.open({
    at: at - session.startedAt,
    clientRequestId: first(req.headers['x-client-request-id']),
    authorization: judgeKey(req.headers),
  })
  const call: Call = {
    req,
    res,
    session,
    entry,
    noHeaders,
    requestId: `req_${String(entry.n).padStart(32, '0')}`,
    ifLeft: abandoned,
    stop: () => {},
    headers: () => ({
      'x-request-id': call.requestId,
      'openai-processing-ms': String(Math.round(clock.now() - at)),
      'openai-organization': 'org-sim',
      'openai-version': '2020-10-01',
      ...(noHeaders ? undefined : limits.headers()),
    }),
  }
  res.once('close', () => {
    if (entry.state === 'open') {
      call.stop()
      ledger.settle(entry, call.ifLeft)
    } else if (entry.state === 'answered' && !res.writableFinished) ledger.lose(entry)
  })
  return call
}

/** Ends a call: in the ledger first, so that a client that has the answer finds it there. */
export const answer = (call: Call, body: string, verdict: Verdict, headers: Headers = {}): void => {
  call.session.ledger.settle(call.entry, verdict)
  sendBody(call.res, verdict.status ?? 200, body, { ...call.headers(), ...headers })
}

/** Ends a call with an error of the API, and with when to come again. Statuses below 500 are refusals. */
export const refuse = (call: Call, error: ApiError, retry: Headers = {}, fault: string | null = null): void => {
  const { status } = error
  const verdict: Verdict = { state: status < 500 ? 'refused' : 'failed', status, fault }
  answer(call, toErrorBody(error), verdict, call.noHeaders ? {} : retry)
}
