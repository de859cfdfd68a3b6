import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEndpoint, createFolder, manyPrompts } from '../commands/workspace.js'
import { key } from '../secrets/canary.js'
import { bin } from './program.js'

/** Runs the built program in a shell that allows it so many open files. */
const runWithin = (
  openFiles: number,
  words: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): Promise<{ status: number | null; stderr: string }> =>
  new Promise((resolve, reject) => {
    const script = 'ulimit -n "$0" && exec "$@"'
    const child = spawn('sh', ['-c', script, String(openFiles), process.execPath, bin, ...words], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', status => resolve({ status, stderr }))
  })

const prepare = async () => {
  const cwd = await createFolder()
  await writeFile(path.join(cwd, 'in.csv'), manyPrompts(400))
  return cwd
}

const words = ['run', 'in.csv', '--model', 'gpt-4o-mini', '--concurrency', '500', '-o', 'out.csv']

describe.skipIf(process.platform === 'win32')('P9: a run that may open 64 files', () => {
  it('sends fewer at once, says so, and answers every row with one call', async () => {
    const cwd = await prepare()
    const { url, ledger } = await createEndpoint({ latencyMs: 30 })
    const { status, stderr } = await runWithin(64, words, {
      cwd,
      env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: key },
    })
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('ulimit -n') })
    expect(ledger()).toMatchObject({ calls: 400, answered: 400 })
    expect(await readFile(path.join(cwd, 'out.csv'), 'utf8')).not.toMatch(/too_many_sockets|failed|pending/)
  })

  it('counts both ends of a connection with --simulate', async () => {
    const cwd = await prepare()
    const { status, stderr } = await runWithin(64, [...words, '--simulate'], { cwd, env: {} })
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('ulimit -n') })
  })
})
