import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { type ApiError, toErrorBody } from './api-error.js'
import type { LedgerCall } from './ledger.js'

/** On every response of the simulator, so that a simulated answer can be told from a real one. */
export const simulatedHeader = 'x-promptmill-simulated'

export type Headers = Readonly<Record<string, string>>

/** Sends a whole body, with its length. */
export const sendBody = (res: ServerResponse, status: number, body: string, headers: Headers): void => {
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    [simulatedHeader]: '1',
    ...headers,
  })
  res.end(body)
}

export const sendError = (res: ServerResponse, error: ApiError, headers: Headers = {}): void =>
  sendBody(res, error.status, toErrorBody(error), headers)

/** What a call's key looks like: in `Authorization`, or in Azure's `api-key`. */
export const judgeKey = (headers: IncomingHttpHeaders): LedgerCall['authorization'] => {
  const given = headers.authorization ?? headers['api-key']
  if (given === undefined || given === '') return 'missing'
  return /^(?:Bearer )?sim-/.test(String(given)) ? 'ok' : 'wrong'
}

/**
 * Hands over the body once it is complete; undefined, as soon as that is known, when it is larger than `most` bytes.
 * What is too much is read and dropped, so that the client hears the answer instead of a broken pipe.
 */
export const readBody = (
  req: Readable & Pick<IncomingMessage, 'headers'>,
  most: number,
  done: (body: string | undefined) => void,
): void => {
  let chunks: Buffer[] = []
  let size = 0
  let refused = Number(req.headers['content-length']) > most
  if (refused) done(undefined)
  req.on('data', (chunk: Buffer) => {
    if (refused) return
    size += chunk.length
    if (size <= most) {
      chunks.push(chunk)
      return
    }
    refused = true
    chunks = []
    done(undefined)
  })
  req.on('end', () => {
    const [first] = chunks
    if (refused) return
    done(chunks.length === 1 && first !== undefined ? first.toString() : Buffer.concat(chunks).toString())
  })
}
