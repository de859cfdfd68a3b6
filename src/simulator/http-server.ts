import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { PromptmillError, systemCode } from '../core/errors.js'
import { simulatedHeader } from './wire.js'

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', error => {
      const taken = systemCode(error) === 'EADDRINUSE'
      const problem = taken ? `Port ${port} is taken` : `Cannot listen on port ${port}: ${error.message}`
      reject(new PromptmillError('bad_flag', problem, { hint: '--port 0 takes any free port', cause: error }))
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

const create = (handle: RequestListener, keepAliveMs: number): Server => {
  const server = createServer({ keepAliveTimeout: keepAliveMs }, handle)
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 400 Bad Request\r\n${simulatedHeader}: 1\r\nConnection: close\r\n\r\n`)
  })
  return server
}

/**
 * Returns what closes a server and every connection to it. It waits for the connections too: the server's own close
 * comes before theirs, and with theirs the calls in flight end in the ledger.
 */
const createCloser = (server: Server): (() => Promise<void>) => {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return async () => {
    const gone = [...sockets].map(socket => new Promise(resolve => socket.once('close', resolve)))
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await Promise.all([closed, ...gone])
  }
}

export interface HttpServer {
  readonly port: number
  /** Stops listening, drops every connection, and resolves once all is closed. May be called again. */
  close(): Promise<void>
}

/**
 * Starts an HTTP server on 127.0.0.1 alone. Port 0 takes any free one.
 * @throws PromptmillError `bad_flag` for a port that cannot be listened on
 */
export const startHttpServer = async (
  handle: RequestListener,
  { port, keepAliveMs }: { readonly port: number; readonly keepAliveMs: number },
): Promise<HttpServer> => {
  const server = create(handle, keepAliveMs)
  const close = createCloser(server)
  const taken = await listen(server, port)
  let closed: Promise<void> | undefined
  return { port: taken, close: () => (closed ??= close()) }
}
