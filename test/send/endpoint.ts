import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'

/** A call that the endpoint got. */
export interface Call {
  readonly n: number
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Respond = (res: ServerResponse, call: Call) => void

export interface TestEndpoint extends AsyncDisposable {
  readonly url: string
  readonly origin: string
  /** Every call, in the order of arrival. */
  readonly calls: readonly Call[]
  /** Connections that were opened. */
  readonly connections: number
  close(): Promise<void>
}

/** A real HTTP server on this machine that answers as it is told. */
export const startEndpoint = async (respond: Respond): Promise<TestEndpoint> => {
  const calls: Call[] = []
  let connections = 0
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const call = {
        n: calls.length,
        path: req.url ?? '',
        headers: req.headers,
        body: Buffer.concat(chunks).toString(),
      }
      calls.push(call)
      respond(res, call)
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const close = async (): Promise<void> => {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}/v1`,
    origin: `http://127.0.0.1:${port}`,
    calls,
    get connections() {
      return connections
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A completion as the API sends it. */
export const completion = (content: string | null = 'fine', rest: object = {}): string =>
  JSON.stringify({
    model: 'm-1',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
    ...rest,
  })

export const apiError = (code: string | null, message = 'no', type = 'invalid_request_error'): string =>
  JSON.stringify({ error: { code, type, message, param: null } })

export const answer = (res: ServerResponse, body = completion(), headers: Record<string, string> = {}): void => {
  res.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body)
}

export const refuse = (res: ServerResponse, status: number, body = '', headers: Record<string, string> = {}): void => {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}
