import { spawn } from 'node:child_process'
import path from 'node:path'
import { expectUnsaid } from '../secrets/canary.js'

export const bin = path.resolve(import.meta.dirname, '../../dist/bin.js')

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The environment of this process without anything that promptmill reads. */
const plainEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^((AZURE_)?OPENAI_|https?_proxy$|no_proxy$)/i.test(name)),
  )

/** Runs the built program to its end. */
export const runProgram = (
  words: readonly string[],
  {
    cwd,
    env = {},
    stdin = '',
  }: { cwd: string; env?: Readonly<Record<string, string | undefined>>; stdin?: string | Buffer },
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], { cwd, env: { ...plainEnvironment(), ...env } })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', status => {
      const said = { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
      try {
        expectUnsaid(said)
        resolve({ status, ...said })
      } catch (error) {
        reject(error)
      }
    })
    // A program that ends without reading its input closes the pipe; that is its right.
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
  })
