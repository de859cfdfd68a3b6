import { PromptmillError } from '../core/errors.js'
import type { Terminal } from './terminal.js'

type Source = readonly string[] | { readonly bytes: Terminal['stdin'] }

/** What the words in the place of the input name: files and patterns, or a lone dash for standard input. */
export const toRowSource = (terminal: Terminal, inputs: readonly string[]): Source => {
  if (!inputs.includes('-')) return inputs
  if (inputs.length === 1) return { bytes: terminal.stdin }
  throw new PromptmillError('bad_flag', 'Standard input (-) stands for the only input, and there are others', {
    hint: 'Give files alone, or - alone',
  })
}
