import { once } from 'node:events'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.js'
import type { Exchange, Transport } from '../../src/send/contract.js'
import type { TransportOptions } from '../../src/send/transport.js'
import { answer, completion, type Respond, startEndpoint, type TestEndpoint } from './endpoint.js'
import { connect, requestFor, testKey } from './sending.js'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

const serve = async (
  respond: Respond,
  options: Partial<TransportOptions> = {},
): Promise<{ endpoint: TestEndpoint; transport: Transport }> => {
  const endpoint = await startEndpoint(respond)
  const { transport } = await connect(endpoint.url, { clock: systemClock, ...options })
  open.push(
    () => endpoint.close(),
    () => transport.close(),
  )
  return { endpoint, transport }
}

/** A raw socket server, for what a real HTTP server would not do. */
const serveRaw = async (reply: string): Promise<string> => {
  const server = createServer(socket => {
    socket.once('data', () => socket.end(reply))
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(async () => {
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
}

const send = (transport: Transport, row = 0): Promise<Exchange> => transport.send(requestFor(row), `test-${row}`)

describe('createTransport', () => {
  it('sends the body byte for byte, with key and own id, and brings the reply back', async () => {
    const { endpoint, transport } = await serve(res => answer(res, completion('ümlaut ✓'), { 'x-request-id': 'req_1' }))
    const exchange = await send(transport)
    expect(exchange).toMatchObject({
      kind: 'reply',
      reply: { status: 200, body: completion('ümlaut ✓'), headers: { 'x-request-id': 'req_1' } },
    })
    expect(endpoint.calls[0]).toMatchObject({
      path: '/v1/chat/completions',
      body: requestFor(0).body,
      headers: {
        authorization: `Bearer ${testKey}`,
        'x-client-request-id': 'test-0',
        'content-type': 'application/json',
      },
    })
  })

  it('N8: puts a character together that was cut in two', async () => {
    const bytes = Buffer.from(completion('你好'))
    const cut = bytes.indexOf(Buffer.from('你')) + 1
    const { transport } = await serve(res => {
      res.writeHead(200, { 'content-length': bytes.length })
      res.write(bytes.subarray(0, cut), () => setImmediate(() => res.end(bytes.subarray(cut))))
    })
    expect(await send(transport)).toMatchObject({ kind: 'reply', reply: { body: completion('你好') } })
  })

  it('reads what a gateway compressed unasked', async () => {
    const { transport } = await serve(res => {
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(completion()))
    })
    expect(await send(transport)).toMatchObject({ kind: 'reply', reply: { body: completion() } })
  })

  it('takes a body that is not what its encoding says as broken', async () => {
    const { transport } = await serve(res => {
      res.writeHead(200, { 'content-encoding': 'gzip' }).end('plain')
    })
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'body_encoding', sent: true })
  })

  it('N1: a refused connection was never sent', async () => {
    const { endpoint, transport } = await serve(res => answer(res))
    await endpoint.close()
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'ECONNREFUSED', sent: false })
  })

  it('N1: an unknown host was never sent', async () => {
    const { transport } = await connect('https://nowhere.invalid/v1', { clock: systemClock })
    open.push(() => transport.close())
    expect(await send(transport)).toMatchObject({ kind: 'broken', sent: false })
  })

  it('N2: ends an attempt that is never answered at its deadline', async () => {
    const { transport } = await serve(() => undefined, { timeoutMs: 60 })
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'deadline', sent: true })
  })

  it('N3: the deadline covers a body that stalls after the headers', async () => {
    const { transport } = await serve(
      res => {
        res.writeHead(200)
        res.write('{"choices":')
      },
      { timeoutMs: 60 },
    )
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'deadline', sent: true })
  })

  it('N4: the deadline covers a body that drips for ever', async () => {
    const { transport } = await serve(
      res => {
        res.writeHead(200)
        const drip = setInterval(() => res.write(' '), 5)
        res.on('close', () => clearInterval(drip))
      },
      { timeoutMs: 60 },
    )
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'deadline', sent: true })
  })

  it('an attempt that found no connection by its deadline was never sent, and is not sent later', async () => {
    const deadlines: (() => void)[] = []
    const clock = { ...systemClock, after: (_ms: number, call: () => void) => (deadlines.push(call), () => undefined) }
    let arrive: (() => void) | undefined
    const arrived = new Promise<void>(resolve => {
      arrive = resolve
    })
    const { endpoint, transport } = await serve((res, { n }) => (n === 0 ? arrive?.() : answer(res)), {
      connections: 1,
      clock,
    })
    const first = send(transport, 0)
    const second = send(transport, 1)
    await arrived
    for (const fire of deadlines.toReversed()) fire()
    expect(await first).toMatchObject({ code: 'deadline', sent: true })
    expect(await second).toMatchObject({ code: 'deadline', sent: false })
    // Behind the second in the queue for the one connection.
    expect(await send(transport, 2)).toMatchObject({ kind: 'reply' })
    expect(endpoint.calls.map(({ headers }) => headers['x-client-request-id'])).toEqual(['test-0', 'test-2'])
  })

  it('N5: a reset after the request left may have been billed', async () => {
    const { transport } = await serve(res => res.socket?.resetAndDestroy())
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'ECONNRESET', sent: true })
  })

  it('N5: a body shorter than declared is broken', async () => {
    const { transport } = await serve(res => {
      res.writeHead(200, { 'content-length': 1000 })
      res.write('{"choices":', () => res.socket?.end())
    })
    expect(await send(transport)).toMatchObject({ kind: 'broken', sent: true })
  })

  it('N5: a cut body that declares no length comes back as it is, for the reader to find out', async () => {
    const url = await serveRaw('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"choices":')
    const { transport } = await connect(url, { clock: systemClock })
    open.push(() => transport.close())
    expect(await send(transport)).toMatchObject({ kind: 'reply', reply: { status: 200, body: '{"choices":' } })
  })

  it('something that does not speak HTTP is broken', async () => {
    const { transport } = await connect(await serveRaw('SSH-2.0-OpenSSH_9\r\n'), { clock: systemClock })
    open.push(() => transport.close())
    expect(await send(transport)).toMatchObject({ kind: 'broken', sent: true })
  })

  it('N6: keeps connections open, and drops idle ones before the server does', async () => {
    const { endpoint, transport } = await serve(
      (res, { n }) => answer(res, completion(), n === 1 ? { 'keep-alive': 'timeout=1' } : {}),
      { connections: 1 },
    )
    for (const row of [0, 1]) await send(transport, row)
    expect(endpoint.connections).toBe(1)
    expect(await send(transport, 2)).toMatchObject({ kind: 'reply' })
    expect(endpoint.connections).toBe(2)
  })

  it('S14: cuts an endless body at the limit', async () => {
    const { transport } = await serve(
      res => {
        res.writeHead(200)
        const more = (): void => {
          while (!res.destroyed && res.write('x'.repeat(65_536)));
        }
        res.on('drain', more)
        more()
      },
      { maxBodyBytes: 1_000_000 },
    )
    expect(await send(transport)).toMatchObject({ kind: 'broken', code: 'body_limit', sent: true })
  })

  it('S15: does not follow a redirect', async () => {
    const other = await startEndpoint(res => answer(res))
    open.push(() => other.close())
    const { transport } = await serve(res =>
      res.writeHead(302, { location: `${other.origin}/v1/chat/completions` }).end(),
    )
    expect(await send(transport)).toMatchObject({
      kind: 'reply',
      reply: { status: 302, headers: { location: expect.any(String) } },
    })
    expect(other.calls).toHaveLength(0)
  })

  it('opens no more connections than allowed', async () => {
    const { endpoint, transport } = await serve(res => void setImmediate(() => answer(res)), { connections: 3 })
    const exchanges = await Promise.all(Array.from({ length: 20 }, (_, row) => send(transport, row)))
    expect(exchanges.filter(({ kind }) => kind === 'reply')).toHaveLength(20)
    expect(endpoint.connections).toBeLessThanOrEqual(3)
  })

  it('aborts what is in flight and what comes after', async () => {
    const { endpoint, transport } = await serve(() => transport.abort())
    expect(await send(transport, 0)).toMatchObject({ kind: 'broken', code: 'aborted', sent: true })
    expect(await send(transport, 1)).toMatchObject({ kind: 'broken', code: 'aborted', sent: false })
    expect(endpoint.calls).toHaveLength(1)
  })

  it('leaves no timer behind', async () => {
    const timers = new Set<object>()
    const clock = {
      ...systemClock,
      after(ms: number, call: () => void) {
        const timer = {}
        timers.add(timer)
        const cancel = systemClock.after(ms, call)
        return () => {
          timers.delete(timer)
          cancel()
        }
      },
    }
    const { transport } = await serve(res => answer(res), { clock })
    await Promise.all(Array.from({ length: 20 }, (_, row) => send(transport, row)))
    expect(timers.size).toBe(0)
  })
})
