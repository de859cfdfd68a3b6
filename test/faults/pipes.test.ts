import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Cells, type Drill, makeDrill, parseCsv } from './drill.js'
import { pause, say } from './form.js'
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.js'
import { promptOf, shortCompletion } from './short-answers.js'

const rows = 120
const toStdout = ['-o', '-']

/** Answers of two kilobytes each: the results are far larger than a pipe holds. */
const longAnswer = (prompt: string): string => `${prompt} `.repeat(Math.ceil(2000 / (prompt.length + 1)))

const makeScene = async (): Promise<{ drill: Drill; endpoint: LocalEndpoint }> => ({
  drill: await makeDrill(rows),
  endpoint: await startLocalEndpoint({}, { respond: call => ({ body: shortCompletion(longAnswer(promptOf(call))) }) }),
})

const expectAll = (results: readonly Cells[], { input }: Drill): void => {
  expect(results.map(row => row['id'])).toEqual(input.map(row => row['id']))
  expect(results.map(row => row['response'])).toEqual(input.map(row => longAnswer(row['prompt'] ?? '')))
}

/** A reader that takes a little, rests, and takes a little more. */
const readSlowly = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
    stream.pause()
    await pause(2)
    stream.resume()
  }
  return Buffer.concat(chunks).toString()
}

describe('a pipe', () => {
  it('P14: with a slow reader carries results larger than it holds, to the last byte', async () => {
    const { drill, endpoint } = await makeScene()
    const program = drill.start(endpoint.url, { flags: toStdout, unread: ['stdout'] })
    const { stdout } = program.child
    if (stdout === null) throw new Error('There is no standard output')
    const text = await readSlowly(stdout)
    expect(await program.ended).toEqual({ status: 0, signal: null })
    expect(text.length).toBeGreaterThan(200_000)
    expectAll(parseCsv(text), drill)
    say(`${text.length} bytes through a slow pipe, none lost`)
  })

  it('P13: closed by a reader that has seen enough does no harm to the run', async () => {
    const { drill, endpoint } = await makeScene()
    const program = drill.start(endpoint.url, { flags: toStdout, unread: ['stdout'] })
    program.child.stdout?.once('data', () => program.child.stdout?.destroy())
    expect(await program.ended).toEqual({ status: 0, signal: null })
    expect(program.stderr()).not.toMatch(/error|bug|EPIPE/i)
    expect(endpoint.ledger().calls).toBe(rows)
    const again = await drill.run(endpoint.url, { flags: toStdout })
    expect(again.status, again.stderr).toBe(0)
    expect(endpoint.ledger().calls).toBe(rows)
    expectAll(parseCsv(again.stdout), drill)
  })

  it('P13: of messages, closed from the first, does no harm either', async () => {
    const { drill, endpoint } = await makeScene()
    const program = drill.start(endpoint.url, { flags: ['--progress', 'json'], unread: ['stderr'] })
    program.child.stderr?.destroy()
    expect(await program.ended).toEqual({ status: 0, signal: null })
    expect(endpoint.ledger().calls).toBe(rows)
    expectAll(await drill.readResults(), drill)
  })
})
