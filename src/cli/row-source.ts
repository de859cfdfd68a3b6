import type { RowSource } from '../commands/session/settings.js'
import { PromptmillError } from '../core/errors.js'
import type { Terminal } from './terminal.js'

/** What the words in the place of the input name: a lone dash is standard input. */
export const toRowSource = (terminal: Terminal, inputs: readonly string[]): RowSource => {
  const [first = '', ...others] = inputs
  if (others.length > 0) {
    throw new PromptmillError('bad_flag', 'More than one input is given', { hint: 'Run one file after another' })
  }
  return first === '-' ? { bytes: terminal.stdin } : first
}
