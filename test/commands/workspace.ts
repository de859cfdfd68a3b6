import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { onTestFinished } from 'vitest'
import type { Notify, Ports } from '../../src/commands/ports.js'
import { type RunResult, run } from '../../src/commands/run.js'
import type { RunOptions } from '../../src/commands/session/settings.js'
import { systemClock } from '../../src/core/clock.js'
import { type Simulator, startSimulator } from '../../src/simulator/start.js'
import { key, makeSearchedFolder } from '../secrets/canary.js'

export type Cells = Readonly<Record<string, string>>

/** A folder of its own for a test, searched for the key and gone after it. */
export const createFolder = (): Promise<string> => makeSearchedFolder('promptmill-')

/** Ports without a terminal; a key that the simulator takes. */
export const createPorts = (env: Readonly<Record<string, string>> = { OPENAI_API_KEY: key }): Ports => ({
  env,
  clock: systemClock,
  random: Math.random,
  out: () => Promise.resolve(true),
})

/** An endpoint of its own for a test. Answers at once. */
export const createEndpoint: typeof startSimulator = async (options, hooks) => {
  const simulator = await startSimulator({ port: 0, latencyMs: 0, ...options }, hooks)
  onTestFinished(() => simulator.close())
  return simulator
}

/** A loopback server that answers and is not the simulator: it passes for a real endpoint. */
export const createRealEndpoint = async ({
  content = 'real',
  onBody,
}: {
  readonly content?: string
  /** Is shown each body that is sent, to the byte. */
  readonly onBody?: (body: Buffer) => void
} = {}): Promise<string> => {
  const completion = {
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      onBody?.(Buffer.concat(chunks))
      response.setHeader('content-type', 'application/json').end(JSON.stringify(completion))
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

export interface Workspace {
  readonly folder: string
  readonly simulator: Simulator
  readonly at: (name: string) => string
  write(name: string, text: string | Uint8Array): Promise<string>
  read(name: string): Promise<string>
  readCsv(name: string): Promise<Cells[]>
  readJsonl(name: string): Promise<Readonly<Record<string, unknown>>[]>
  /** Runs against the workspace's endpoint with gpt-4o-mini, unless told otherwise. */
  run(options: Omit<RunOptions, 'input'> & { readonly input: RunOptions['input'] }, notify?: Notify): Promise<RunResult>
}

/** A folder and an endpoint. */
export const createWorkspace = async (...simulated: Parameters<typeof startSimulator>): Promise<Workspace> => {
  const folder = await createFolder()
  const simulator = await createEndpoint(...simulated)
  const at = (name: string): string => path.join(folder, name)
  const read = (name: string): Promise<string> => readFile(at(name), 'utf8')
  return {
    folder,
    simulator,
    at,
    read,
    async write(name, text) {
      await writeFile(at(name), text)
      return at(name)
    },
    readCsv: async name => parse<Cells>(await read(name), { columns: true, bom: true }),
    readJsonl: async name =>
      (await read(name))
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as Record<string, unknown>),
    run: (options, notify = {}) =>
      run({ model: 'gpt-4o-mini', baseUrl: simulator.url, ...options }, createPorts(), { notify }),
  }
}

/** A CSV of `count` different prompts. */
export const manyPrompts = (count: number): string =>
  `id,prompt\n${Array.from({ length: count }, (_, index) => `${index + 1},"Question ${index + 1}, please"\n`).join('')}`
