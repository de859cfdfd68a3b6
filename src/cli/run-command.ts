import { interruptedReading } from '../commands/interrupted.js'
import { run } from '../commands/run.js'
import type { RunFlags } from '../core/options.js'
import { renderResumeLine } from './resume-line.js'
import { toRowSource } from './row-source.js'
import type { Terminal } from './terminal.js'
import { endSignals, type WatchedCommand, watchSession } from './watch-session.js'

/** What `run` is given. */
export interface RunCommand extends WatchedCommand {
  readonly flags: RunFlags
}

/** Nobody waits for standard input any more once the signal has come: what feeds it may never end. */
const endInput = (stdin: Terminal['stdin'], signal: AbortSignal): void => {
  const end = (): void => {
    // Whoever reads is told; when nobody reads yet, the error would end the process.
    stdin.on?.('error', () => undefined)
    stdin.destroy?.(interruptedReading())
  }
  signal.addEventListener('abort', end, { once: true })
}

/** `promptmill run` */
export const runCommand = (terminal: Terminal, inputs: readonly string[], command: RunCommand): Promise<number> => {
  const input = toRowSource(terminal, inputs)
  return watchSession(terminal, command, {
    renderPlan: renderResumeLine,
    start({ ports, notify, interrupts }) {
      if ('bytes' in input) endInput(input.bytes, interrupts.signal)
      return run({ ...command.flags, ...endSignals(interrupts), input }, ports, { notify })
    },
  })
}
