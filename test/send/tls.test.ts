import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createTlsServer } from 'node:https'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.js'
import { failureTable } from '../../src/core/failures.js'
import { completion } from './endpoint.js'
import { connect, createSending, requestFor, requests } from './sending.js'

const open: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

const pem = (name: string): Promise<Buffer> => readFile(new URL(`tls/${name}`, import.meta.url))

const startTls = async (): Promise<string> => {
  const server = createTlsServer({ key: await pem('self-signed-key.pem'), cert: await pem('self-signed.pem') })
  server.on('request', (_req, res) => res.end(completion()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(() => void server.close())
  const address = server.address()
  return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
}

describe('TLS', () => {
  it('N7: a certificate that is not trusted stops the run, and nothing is sent', async () => {
    const { transport } = await connect(await startTls(), { clock: systemClock })
    open.push(() => transport.close())
    const { run, sender, records } = createSending(transport)
    await run(requests(5))
    expect(sender.stop).toMatchObject({ code: 'tls_failed', message: expect.stringMatching(/self.signed/i) })
    expect(records('failure')).toMatchObject([{ final: false, ambiguous: false, code: 'tls_failed' }])
  })

  it('N7: an endpoint that does not speak TLS was never sent anything', async () => {
    const server = createServer(socket =>
      socket.on('error', () => socket.destroy()).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(() => void server.close())
    const address = server.address()
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
    const { transport } = await connect(url, { clock: systemClock })
    open.push(() => transport.close())
    expect(await transport.send(requestFor(0), 'id')).toMatchObject({ kind: 'broken', sent: false })
    const { run, sender } = createSending(transport)
    await run(requests(3))
    const [title = ''] = sender.stop?.message.split(' (') ?? []
    expect(title).toBe(failureTable.tls_failed.title)
    expect(sender.stop?.message).not.toMatch(/[\r\n]/)
  })
})
