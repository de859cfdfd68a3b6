import type { Dispatcher } from 'undici'
import type { Clock } from '../core/clock.js'
import { systemCode } from '../core/errors.js'
import type { ReplyHeaders } from '../core/model.js'
import type { Exchange } from './contract.js'
import { decodeBody } from './decode-body.js'

export interface CallOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly maxBodyBytes: number
}

/** One attempt on the wire. */
export interface Call {
  readonly handler: Dispatcher.DispatchHandler
  /** Ends it at once, whatever the socket does; without effect once it is over. */
  end(code: string, message: string): void
  /** The call could not even be started. */
  reject(error: unknown): void
}

type IncomingHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

/** Headers that come twice are joined, as RFC 9110, 5.3, allows. */
const toReplyHeaders = (headers: IncomingHeaders): ReplyHeaders => {
  const joined: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    joined[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return joined
}

const tunnelRefused = /^Proxy response \((\d{3})\)/

/** The code of what broke a call. A proxy that refuses the tunnel tells its status in words alone. */
const codeOf = (error: Error): string => {
  const [, status] = tunnelRefused.exec(error.message) ?? []
  return status === undefined ? (systemCode(error) ?? error.name) : `proxy_${status}`
}

/**
 * Collects what undici tells of one call and says once how it ended. One plain timer covers connecting, headers and
 * body; nothing listens on anything that outlives the call.
 */
export const createCall = (
  { clock, timeoutMs, maxBodyBytes }: CallOptions,
  onOver: (exchange: Exchange) => void,
): Call => {
  let startedAt = clock.now()
  let controller: Dispatcher.DispatchController | undefined
  let over = false
  let status = 0
  let headers: ReplyHeaders = {}
  let size = 0
  const chunks: Buffer[] = []

  const finish = (exchange: Exchange): void => {
    if (over) return
    over = true
    cancelTimer()
    onOver(exchange)
  }
  const fail = (code: string, message: string): void =>
    finish({ kind: 'broken', code, sent: controller !== undefined, message, latencyMs: clock.now() - startedAt })
  const end = (code: string, message: string): void => {
    if (over) return
    fail(code, message)
    controller?.abort(new Error(message))
  }
  const reply = (): void => {
    try {
      const body = decodeBody(chunks, headers['content-encoding'], maxBodyBytes)
      finish({ kind: 'reply', reply: { status, headers, body, latencyMs: clock.now() - startedAt } })
    } catch {
      fail('body_encoding', 'the body is not what its content-encoding says')
    }
  }
  const reject = (error: unknown): void =>
    fail(codeOf(error instanceof Error ? error : new Error(String(error))), String(error))
  const cancelTimer = clock.after(timeoutMs, () => end('deadline', `nothing complete within ${timeoutMs / 1000} s`))

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // The call may have ended while it waited for a connection, which undici cannot be told before.
      if (over) return started.abort(new Error('too late'))
      controller = started
      startedAt = clock.now()
    },
    onResponseStart(_controller, statusCode, incoming) {
      status = statusCode
      headers = toReplyHeaders(incoming)
    },
    onResponseData(_controller, chunk) {
      size += chunk.length
      if (size > maxBodyBytes) end('body_limit', `more than ${maxBodyBytes} bytes`)
      else chunks.push(chunk)
    },
    onResponseEnd: reply,
    onResponseError: (_controller, error) => fail(codeOf(error), error.message),
  }
  return { handler, end, reject }
}
