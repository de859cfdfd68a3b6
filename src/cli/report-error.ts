import { PromptmillError, systemCode } from '../core/errors.js'
import { paint, type Terminal } from './terminal.js'

/** The system lets this process open too few files for the program itself. */
const isOutOfFiles = (error: unknown): boolean => ['EMFILE', 'ENFILE'].includes(systemCode(error) ?? '')

/** Says what went wrong and returns the exit status. A bug keeps its stack; a user's error never shows one. */
export const reportError = (terminal: Terminal, error: unknown): number => {
  const label = paint(terminal, 'red', 'error:')
  if (error instanceof PromptmillError) {
    terminal.say(`${label} ${error.message}`)
    if (error.hint !== undefined) terminal.say(`  ${paint(terminal, 'cyan', 'hint:')} ${error.hint}`)
    return error.exitCode
  }
  if (isOutOfFiles(error)) {
    terminal.say(`${label} the system lets this process open too few files`)
    terminal.say(`  ${paint(terminal, 'cyan', 'hint:')} Raise the limit, for example: ulimit -n 1024`)
    return 1
  }
  terminal.say(`${label} this is a bug in promptmill, please report it with the lines below`)
  terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 1
}
