import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { expectUnsaid, key } from '../secrets/canary.js'

/** The built program; PROMPTMILL_BIN puts another build to the test. */
const bin = process.env['PROMPTMILL_BIN'] ?? fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** The program in a process of its own. */
export interface Program {
  readonly child: ChildProcess
  readonly pid: number
  /** What it has written so far. */
  stdout(): string
  stderr(): string
  /** Resolves once what it has said so far matches. Rejects when it ends without. */
  said(pattern: RegExp): Promise<void>
  isRunning(): boolean
  readonly ended: Promise<Ending>
}

export interface StartOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** What starts the program, such as a tracer; its words go before the program's own. */
  readonly through?: readonly string[]
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[]
  readonly stdio?: StdioOptions
  /** Streams that the test reads, or closes, by itself. */
  readonly unread?: readonly ('stdout' | 'stderr')[]
}

/** Nothing of the environment that would change what the program does. */
const cleanEnvironment = (): Record<string, string> => {
  const kept = ['PATH', 'TMPDIR', 'SYSTEMROOT', 'TEMP', 'TMP'].map(name => [name, process.env[name]] as const)
  return Object.fromEntries(kept.filter((entry): entry is readonly [string, string] => entry[1] !== undefined))
}

/** Starts the program with these words. It does not outlive its test. */
export const startProgram = (words: readonly string[], options: StartOptions): Program => {
  const { cwd, through = [], nodeOptions = [], stdio = ['ignore', 'pipe', 'pipe'], unread = [] } = options
  const [command = '', ...rest] = [...through, process.execPath, ...nodeOptions, bin, ...words]
  const env = { ...cleanEnvironment(), OPENAI_API_KEY: key, ...options.env }
  const child = spawn(command, rest, { cwd, env, stdio })
  const written = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of (['stdout', 'stderr'] as const).filter(stream => !unread.includes(stream))) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => resolve({ status, signal }))
  })
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  onTestFinished(async () => {
    if (isRunning()) child.kill('SIGKILL')
    await ended.catch(() => undefined)
    expectUnsaid(written)
  })
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    isRunning,
    ended,
    said: pattern =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(written.stdout + written.stderr)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        ended.then(() => {
          look()
          reject(new Error(`The program ended and never said ${pattern}:\n${written.stderr}`))
        }, reject)
        look()
      }),
  }
}

/** Runs the program to its end. */
export const runProgram = async (
  words: readonly string[],
  options: StartOptions,
): Promise<Ending & { readonly stdout: string; readonly stderr: string }> => {
  const program = startProgram(words, options)
  const ending = await program.ended
  return { ...ending, stdout: program.stdout(), stderr: program.stderr() }
}
