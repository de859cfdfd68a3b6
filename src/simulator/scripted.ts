import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { readAnswer } from '../core/answer.js'
import type { JsonObject, Usage } from '../core/model.js'
import type { Call } from './call.js'
import type { Verdict } from './ledger.js'
import { simulatedHeader } from './wire.js'

/** A call a script may answer: one whose body could be read and whose key passed. */
export interface ScriptedCall {
  /** From 1, in order of arrival, over all calls on the chat endpoint. */
  readonly n: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly model: string
  readonly body: JsonObject
  /** The body that the simulator would have answered with, to be bent. Nothing is charged or counted for it. */
  answer(): string
}

/** A reply, to the byte. */
export interface ScriptedReply {
  /** 200 when left out. */
  readonly status?: number
  /**
   * Added to `content-type: application/json`, `x-request-id` and `x-promptmill-simulated: 1`, or in their place. A
   * `content-length` given here is sent as it is, true or not.
   */
  readonly headers?: Readonly<Record<string, string>>
  /** Text, bytes, or pieces that come when they come: a slow body, an endless one, one with pauses. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>
  /** `close` ends the body with the connection: neither content-length nor chunks. */
  readonly framing?: 'close'
  /** Stops after so many bytes of the body: with a reset, by closing the connection, or in silence. */
  readonly cut?: { readonly afterBytes: number; readonly how: 'reset' | 'close' | 'silence' }
}

/** `reset`: the connection is reset before any header. `silence`: no answer, ever. */
export type Scripted = ScriptedReply | 'reset' | 'silence'

/**
 * Says what becomes of a call, for tests that need a certain fault on a certain call. A call for which it returns
 * undefined is served as ever, limits and faults included; a scripted one passes them by. The call waits as long as
 * the promise does.
 */
export type Respond = (call: ScriptedCall) => Scripted | undefined | Promise<Scripted | undefined>

/** Prices the usage that a scripted body reports. */
export type PriceUsage = (
  model: string | undefined,
  usage: Usage,
  serviceTier: string | undefined,
) => bigint | undefined

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** What becomes of a call once the reply is out: charged is the usage that a text reports, seen unless it is cut. */
const toVerdict = ({ status = 200, body, cut }: ScriptedReply, price: PriceUsage): Verdict => {
  const facts = { status, fault: 'scripted' }
  if (!isSuccess(status)) return { ...facts, state: status < 500 && cut === undefined ? 'refused' : 'failed' }
  const seen = cut === undefined
  if (typeof body !== 'string') return { ...facts, state: seen ? 'answered' : 'failed' }
  const read = readAnswer(body)
  const answered = seen && (read.status === 'ok' || read.status === 'empty')
  const usage = read.status === 'unreadable' ? undefined : read.usage
  if (read.status === 'unreadable' || usage === undefined) return { ...facts, state: answered ? 'answered' : 'failed' }
  const charge = { usage, cost: price(read.model, usage, read.serviceTier), seen }
  return { ...facts, state: answered ? 'answered' : 'failed', charge }
}

const isStream = (body: ScriptedReply['body']): body is AsyncIterable<string | Uint8Array> =>
  body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)

const toBytes = (piece: string | Uint8Array): Uint8Array => (typeof piece === 'string' ? Buffer.from(piece) : piece)

const toPieces = async function* (body: ScriptedReply['body'] = ''): AsyncGenerator<Uint8Array> {
  if (!isStream(body)) yield toBytes(body)
  else for await (const piece of body) yield toBytes(piece)
}

const writeHead = ({ res, requestId }: Call, { status = 200, headers = {}, body, framing }: ScriptedReply): void => {
  if (framing === 'close') res.removeHeader('transfer-encoding')
  const known = framing === undefined && !isStream(body) && headers['transfer-encoding'] === undefined
  res.writeHead(status, {
    'content-type': 'application/json',
    'x-request-id': requestId,
    [simulatedHeader]: '1',
    ...(known ? { 'content-length': String(Buffer.byteLength(body ?? '')) } : undefined),
    ...(framing === 'close' ? { connection: 'close' } : undefined),
    ...headers,
  })
  res.flushHeaders()
}

/** Resolves once the bytes have left, or never will. */
const write = (res: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise(resolve => {
    res.write(bytes, () => resolve())
  })

/** Sends the body up to its cut, at the client's pace. */
const sendPieces = async (res: ServerResponse, { body, cut }: ScriptedReply): Promise<void> => {
  let left = cut?.afterBytes ?? Number.POSITIVE_INFINITY
  for await (const piece of toPieces(body)) {
    if (res.destroyed || left <= 0) return
    const part = piece.length > left ? piece.subarray(0, left) : piece
    left -= part.length
    if (part.length > 0) await write(res, part)
  }
}

const sendReply = async (call: Call, reply: ScriptedReply, verdict: Verdict): Promise<void> => {
  const { res, entry, session } = call
  // A client that has a whole answer must find it in the ledger; one that never gets it all is written down at the end.
  if (isStream(reply.body) || reply.cut?.how === 'silence') call.ifLeft = { ...verdict, state: 'failed' }
  else session.ledger.settle(entry, verdict)
  writeHead(call, reply)
  await sendPieces(res, reply)
  if (res.destroyed || reply.cut?.how === 'silence') return
  if (entry.state === 'open') session.ledger.settle(entry, verdict)
  if (reply.cut === undefined) res.end()
  // In a later turn, so that headers without a body leave before the end.
  else if (reply.cut.how === 'reset') setImmediate(() => res.socket?.resetAndDestroy())
  else setImmediate(() => res.socket?.destroy())
}

/** Plays a script. The usage that a scripted text reports is charged, as seen unless the body is cut. */
export const playScript = async (call: Call, script: Scripted, price: PriceUsage): Promise<void> => {
  const nothing = { state: 'failed', status: null, fault: 'scripted' } as const
  if (script === 'silence') {
    call.ifLeft = nothing
  } else if (script === 'reset') {
    call.session.ledger.settle(call.entry, nothing)
    call.res.socket?.resetAndDestroy()
  } else {
    await sendReply(call, script, toVerdict(script, price))
  }
}
