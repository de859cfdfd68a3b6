import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Child {
  readonly pid: number
  /** Lines of standard output, as they come; ends with the process. */
  readonly lines: AsyncIterator<string>
  say(line: string): void
  kill(): void
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>
}

/** Starts a script with this Node. */
export const startChild = (script: string, args: readonly string[]): Child => {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = new Promise<void>(resolve => {
    child.on('exit', () => resolve())
  })
  return {
    pid: child.pid ?? -1,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    say: line => child.stdin.write(`${line}\n`),
    kill: () => child.kill('SIGKILL'),
    gone,
  }
}
