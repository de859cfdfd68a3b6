import yargs, { type Argv } from 'yargs'
import { PromptmillError } from '../core/errors.js'
import { flagName } from '../core/option-spec.js'
import { version } from '../core/version.js'
import { type CommandSpec, nameOf, type Parsed } from './command-spec.js'
import { commandSpecs } from './command-table.js'
import { exitCodes } from './exit-codes.js'
import { addFlags, findUnknownFlag, flagSpellings } from './flags.js'
import type { Terminal } from './terminal.js'
import { unknownName, wrongUse } from './wrong-use.js'

/**
 * Stands for a lone dash while yargs parses, which makes nothing of it in the place of an argument. No word can be equal
 * to it: the system's words hold no NUL.
 */
const dash = '\0'

const hideDash = (words: readonly string[]): string[] => words.map(word => (word === '-' ? dash : word))

const showDash = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(showDash)
  return value === dash ? '-' : value
}

const restoreDashes = (parsed: Parsed): Parsed =>
  Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, showDash(value)]))

const buildCommand = (argv: Argv, spec: CommandSpec): Argv => {
  for (const [name, describe] of Object.entries(spec.positionals)) argv.positional(name, { type: 'string', describe })
  for (const [command, what] of spec.examples) argv.example(command, what)
  return addFlags(argv, spec.options)
}

const withDashes = (flag: string): string => (flag.length === 1 ? `-${flag}` : `--${flag}`)

/** A flag as it was written: yargs keeps the name alone, and one letter may have had two dashes. */
const asWritten = (flag: string, words: readonly string[]): string =>
  words.some(word => word === `--${flag}` || word.startsWith(`--${flag}=`)) ? `--${flag}` : withDashes(flag)

/** What yargs says of a wrong command line, in this program's words. */
const inOurWords = (message: string, words: readonly string[]): string => {
  const flag = /^Not enough arguments following: (\S+)$/.exec(message)?.[1]
  if (flag !== undefined) return `${withDashes(flag)} needs a value`
  if (!message.startsWith('Not enough non-option arguments')) return message
  const { usage } = commandSpecs.find(spec => nameOf(spec) === words[0]) ?? { usage: words[0] ?? '' }
  return `Something is missing: promptmill ${usage}`
}

/** Yargs adds these to what it parsed, beside flags and positional arguments. */
const parserKeys = ['_', '$0', 'help', 'h', 'version', 'V']

/** Unknown flags and surplus words are refused before anything else is looked at. */
const checkParsed = ({ spec, parsed }: Chosen, given: readonly string[]): void => {
  const known = [...parserKeys, ...Object.keys(spec.positionals), ...flagSpellings(spec.options)]
  const unknown = findUnknownFlag(parsed, known)
  if (unknown !== undefined) {
    throw unknownName('flag', asWritten(unknown, given), Object.keys(spec.options).map(flagName))
  }
  const words = Array.isArray(parsed['_']) ? parsed['_'].slice(1) : []
  if (words.length > 0) throw wrongUse(`${nameOf(spec)} does not take the argument ${words.join(' ')}`)
}

/**
 * Carries the command that was chosen out of the parser. Thrown: after a handler that returns, yargs renders the help of
 * the command for a call that never comes, which takes twice as long as all the parsing.
 */
export class Chosen extends Error {
  constructor(
    readonly spec: CommandSpec,
    readonly parsed: Parsed,
  ) {
    super(spec.usage)
  }
}

/** The parser with all commands; the one that was chosen is thrown as `Chosen`. */
const createParser = (words: readonly string[]): Argv => {
  const parser = yargs(hideDash(words))
    .scriptName('promptmill')
    .usage('$0 <command>\n\nRun a file of prompts through the chat API: every answer kept, every cent accounted for')
    .locale('en')
    .parserConfiguration({ 'boolean-negation': false, 'parse-positional-numbers': false, 'parse-numbers': false })
    .version(version)
    .alias('version', 'V')
    .help()
    .alias('help', 'h')
    .epilogue(exitCodes.map(([status, meaning]) => `exit ${String(status).padStart(3)}  ${meaning}`).join('\n'))
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof PromptmillError || error instanceof Chosen ? error : wrongUse(inOurWords(message, words))
    })
  for (const spec of commandSpecs) {
    parser.command(
      spec.usage,
      spec.describe,
      argv => buildCommand(argv, spec),
      parsed => {
        throw new Chosen(spec, restoreDashes(parsed))
      },
    )
  }
  return parser
}

/** Without a command there is nothing to do but to show what there is. */
const checkFirstWord = async (parser: Argv, words: readonly string[], terminal: Terminal): Promise<void> => {
  const [first] = words
  if (first === undefined) {
    terminal.say(await parser.getHelp())
    throw new PromptmillError('bad_flag', 'No command is given')
  }
  const names = commandSpecs.map(nameOf)
  if (!first.startsWith('-') && !names.includes(first)) throw unknownName('command', first, names)
}

/**
 * Finds the command and reads its words. Undefined when help or the version was asked for, which is then shown.
 * @throws PromptmillError `bad_flag`
 */
export const parse = async (words: readonly string[], terminal: Terminal): Promise<Chosen | undefined> => {
  const parser = createParser(words)
  await checkFirstWord(parser, words, terminal)
  const shown: string[] = []
  try {
    await parser.parseAsync(hideDash(words), {}, (_error, _parsed, output) => {
      if (output !== '') shown.push(output)
    })
  } catch (error) {
    if (!(error instanceof Chosen)) throw error
    checkParsed(error, words)
    return error
  }
  if (shown.length > 0) await terminal.out(`${shown.join('\n')}\n`)
  return undefined
}
