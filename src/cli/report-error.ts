import { PromptmillError, systemCode } from '../core/errors.js'
import { showText } from './plain-text.js'
import { paint, type Terminal } from './terminal.js'

/** The system lets this process open too few files for the program itself. */
const isOutOfFiles = (error: unknown): boolean => ['EMFILE', 'ENFILE'].includes(systemCode(error) ?? '')

/** A damaged journal is refused again and again until it is mended; everything else that stops a run may have passed. */
const canResume = (error: unknown): boolean =>
  !(error instanceof PromptmillError) || (error.exitCode !== 2 && error.code !== 'journal_damaged')

/**
 * Says what went wrong and returns the exit status. A bug keeps its stack; a user's error never shows one.
 * @param again the command that goes on from here, if there is something to go on with: it is the last line
 */
export const reportError = (terminal: Terminal, error: unknown, again?: string): number => {
  const status = sayError(terminal, error)
  if (again !== undefined && canResume(error)) terminal.say(`resume with: ${again}`)
  return status
}

const sayError = (terminal: Terminal, error: unknown): number => {
  const isInterrupted = error instanceof PromptmillError && error.code === 'interrupted'
  const label = paint(terminal, 'red', isInterrupted ? 'stopped:' : 'error:')
  if (error instanceof PromptmillError) {
    terminal.say(`${label} ${showText(error.message)}`)
    if (error.hint !== undefined) terminal.say(`  ${paint(terminal, 'cyan', 'hint:')} ${showText(error.hint)}`)
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
