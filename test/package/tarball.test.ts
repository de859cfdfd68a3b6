import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const exec = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

let folder: string

const at = (name: string): string => path.join(folder, name)
const runNode = (...words: string[]) => exec(process.execPath, words, { cwd: folder })

/** Compiles as a strict program does. */
const compile = (...words: string[]) => {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  const target = ['--strict', '--module', 'nodenext', '--target', 'es2023']
  const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')]
  return runNode(tsc, ...target, ...types, ...words)
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'promptmill-tarball-'))
  // The build has been made by `npm test`; building again here would pull the files from under the other tests.
  await exec(npm, ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const tarball = (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? ''
  await writeFile(at('package.json'), '{"name":"consumer","private":true,"type":"module"}')
  await exec(npm, ['install', '--no-audit', '--no-fund', '--prefer-offline', at(tarball)], { cwd: folder })
}, 180_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the package, installed from its tarball', () => {
  it('brings the program and the samples, and neither tests nor sources', async () => {
    const names = await readdir(at('node_modules/promptmill'))
    expect(names.toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'samples'])
  })

  it('runs as a command', async () => {
    await writeFile(at('in.csv'), 'prompt\none\ntwo\n')
    const bin = at('node_modules/promptmill/dist/bin.js')
    const { stderr } = await runNode(bin, 'run', 'in.csv', '--model', 'gpt-4o-mini', '--simulate')
    expect(stderr).toContain('2: 2 ok')
    const { stdout } = await exec(npm, ['exec', '--', 'promptmill', 'status', 'in.results.csv', '--json'], {
      cwd: folder,
    })
    expect(JSON.parse(stdout)).toMatchObject({ rows: { total: 2, ok: 2 } })
  })

  it('runs as a library: rows from a program, an iterator over outcomes, and the summary', async () => {
    await writeFile(
      at('library.js'),
      `import { run, startSimulator, stream } from 'promptmill'
       const simulator = await startSimulator({ port: 0, latencyMs: 0 })
       const settings = { model: 'gpt-4o-mini', baseUrl: simulator.url }
       const rows = async function* () { yield { prompt: 'one' }; yield { prompt: 'two' } }
       const summary = await run({ ...settings, input: rows(), output: 'run.jsonl' })
       const seen = []
       for await (const { row, outcome } of stream({ ...settings, input: [{ prompt: 'three' }], output: 'stream.jsonl' })) {
         seen.push([row, outcome.status])
       }
       await simulator.close()
       console.log(JSON.stringify({ rows: summary.rows, seen }))`,
    )
    const { stdout } = await runNode('library.js')
    expect(JSON.parse(stdout)).toEqual({ rows: { total: 2, ok: 2, failed: 0, pending: 0 }, seen: [[1, 'ok']] })
  })

  it('takes a schema of Zod, which only the program has installed, and gives typed values', async () => {
    await cp(path.join(root, 'node_modules/zod'), at('node_modules/zod'), { recursive: true })
    await writeFile(
      at('schema.ts'),
      `import { run, startSimulator, stream } from 'promptmill'
       import * as z from 'zod'
       const schema = z.object({ mood: z.enum(['good', 'bad']), words: z.string().transform(text => text.split(' ')) })
       const simulator = await startSimulator({ port: 0, latencyMs: 0 })
       const settings = { model: 'gpt-4o-mini', baseUrl: simulator.url, schema }
       const seen: [string, boolean][] = []
       for await (const { outcome } of stream({ ...settings, input: [{ prompt: 'one' }], output: 'typed.csv' })) {
         const mood: 'good' | 'bad' | undefined = outcome.parsed?.mood
         const words: readonly string[] = outcome.parsed?.words ?? []
         seen.push([mood ?? '', words.length > 0])
       }
       await run({ ...settings, input: [{ prompt: 'two' }], output: 'more.csv', onOutcome: ({ outcome }) => {
         // @ts-expect-error: the schema has no such property
         seen.push([outcome.parsed?.mod ?? '', outcome.status === 'ok'])
       } })
       await simulator.close()
       console.log(JSON.stringify(seen))`,
    )
    await compile('--outDir', 'out', 'schema.ts')
    const { stdout } = await runNode('out/schema.js')
    expect(JSON.parse(stdout)).toEqual([
      [expect.stringMatching(/^(?:good|bad)$/), true],
      ['', true],
    ])
  }, 60_000)

  it('has types that a strict program compiles against', async () => {
    await writeFile(
      at('consumer.ts'),
      `import { type Outcome, PromptmillError, run, type RunSummary, stream } from 'promptmill'
       const controller = new AbortController()
       const summary: RunSummary = await run({
         input: [{ prompt: 'one' }],
         output: 'typed.jsonl',
         model: 'gpt-4o-mini',
         maxTokens: 10,
         signal: controller.signal,
         onOutcome: ({ row, outcome }) => { const kept: Outcome = outcome; if (row > 1 && kept.status === 'ok') controller.abort() },
       })
       const total: number = summary.rows.total
       const cost: string | null = summary.cost_usd
       for await (const { outcome } of stream({ input: 'a.csv', model: 'm' })) outcome.usage?.promptTokens.toFixed()
       // @ts-expect-error: there is no such option
       await run({ input: 'a.csv', modle: 'm' })
       export { cost, PromptmillError, total }`,
    )
    const { stdout } = await compile('--noEmit', 'consumer.ts')
    expect(stdout).toBe('')
  }, 60_000)
})
