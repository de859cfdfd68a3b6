import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.js'
import { answer, startEndpoint } from './endpoint.js'
import { connect, requestFor } from './sending.js'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** A proxy that opens tunnels, or refuses them with a status. */
const startProxy = async (refuseWith?: number) => {
  const tunnels: string[] = []
  const server = createServer()
  server.on('connect', (req, socket) => {
    tunnels.push(req.url ?? '')
    socket.on('error', () => socket.destroy())
    if (refuseWith !== undefined) {
      socket.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`)
      return
    }
    const [host = '', port = ''] = (req.url ?? '').split(':')
    const upstream = connectSocket(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    open.push(async () => {
      socket.destroy()
      upstream.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(async () => {
    server.close()
  })
  const address = server.address()
  return { tunnels, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}

const sendThrough = async (env: Record<string, string>) => {
  const endpoint = await startEndpoint(res => answer(res))
  const { transport } = await connect(endpoint.url, { clock: systemClock, env })
  open.push(
    () => endpoint.close(),
    () => transport.close(),
  )
  return { endpoint, exchange: await transport.send(requestFor(0), 'id') }
}

describe('proxies', () => {
  it.each([
    ['HTTP_PROXY', 'http://'],
    ['http_proxy', ''],
  ])('N10: goes through %s, its value written with %j', async (name, scheme) => {
    const proxy = await startProxy()
    const { endpoint, exchange } = await sendThrough({ [name]: proxy.url.replace('http://', scheme) })
    expect(exchange).toMatchObject({ kind: 'reply', reply: { status: 200 } })
    expect(proxy.tunnels).toEqual([new URL(endpoint.url).host])
  })

  it('N10: goes past it for hosts in NO_PROXY', async () => {
    const proxy = await startProxy()
    const { exchange } = await sendThrough({ HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' })
    expect(exchange).toMatchObject({ kind: 'reply' })
    expect(proxy.tunnels).toEqual([])
  })

  it.each([[407], [502]])('N10: tells that it refused with %i, and that nothing was sent', async status => {
    const proxy = await startProxy(status)
    const { endpoint, exchange } = await sendThrough({ HTTP_PROXY: proxy.url })
    expect(exchange).toMatchObject({ kind: 'broken', code: `proxy_${status}`, sent: false })
    expect(endpoint.calls).toEqual([])
  })

  it('N10: a proxy that is down is not passed by', async () => {
    const { endpoint, exchange } = await sendThrough({ HTTP_PROXY: 'http://127.0.0.1:1' })
    expect(exchange).toMatchObject({ kind: 'broken', sent: false })
    expect(endpoint.calls).toEqual([])
  })

  it('refuses a proxy that is no URL, without telling it', async () => {
    const opened = connect('https://host/v1', { clock: systemClock, env: { HTTPS_PROXY: 'user:CANARY@' } })
    await expect(opened).rejects.toMatchObject({ code: 'bad_flag', message: 'HTTPS_PROXY is not the URL of a proxy' })
  })
})
