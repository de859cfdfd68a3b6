import { PromptmillError } from '../core/errors.js'
import { paint, type Terminal } from './terminal.js'

/** Says what went wrong and returns the exit status. A bug keeps its stack; a user's error never shows one. */
export const reportError = (terminal: Terminal, error: unknown): number => {
  const label = paint(terminal, 'red', 'error:')
  if (error instanceof PromptmillError) {
    terminal.say(`${label} ${error.message}`)
    if (error.hint !== undefined) terminal.say(`  ${paint(terminal, 'cyan', 'hint:')} ${error.hint}`)
    return error.exitCode
  }
  terminal.say(`${label} this is a bug in promptmill, please report it with the lines below`)
  terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 1
}
