import type { OptionTable } from '../core/option-spec.js'
import type { Terminal } from './terminal.js'

/** What the parser made of a command line: flags, in every spelling, and positional arguments by their names. */
export type Parsed = Readonly<Record<string, unknown>>

/** One command: what it is called, what it takes, and what it does. Its code is loaded when it is called. */
export interface CommandSpec {
  readonly usage: string
  readonly describe: string
  /** Positional arguments and what they are. */
  readonly positionals: Readonly<Record<string, string>>
  readonly options: OptionTable
  readonly examples: readonly (readonly [command: string, what: string])[]
  run(terminal: Terminal, parsed: Parsed, words: readonly string[]): Promise<number>
}

/** The word that a command is called by. */
export const nameOf = ({ usage }: CommandSpec): string => usage.split(' ')[0] ?? usage
