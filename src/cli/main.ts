import yargs, { type Argv } from 'yargs'
import { PromptmillError } from '../core/errors.js'
import { nearestName } from '../core/nearest.js'
import { flagName, type OptionTable } from '../core/option-spec.js'
import { toSettings } from '../core/option-values.js'
import {
  checkOptions,
  configOptions,
  estimateOptions,
  journalOptions,
  jsonOptions,
  priceListOptions,
  priceOptions,
  printOptions,
  retryOptions,
  runOptions,
  terminalOptions,
} from '../core/options.js'
import { version } from '../core/version.js'
import { simulatorOptions } from '../simulator/options.js'
import { exitCodes } from './exit-codes.js'
import { addFlags, findUnknownFlag, flagSpellings, givenFlags } from './flags.js'
import { quoteWords } from './quote.js'
import { reportError } from './report-error.js'
import type { Terminal } from './terminal.js'

type Parsed = Readonly<Record<string, unknown>>

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

/** A positional argument. */
const argument = (parsed: Parsed, name: string): string => String(parsed[name])

/** A positional argument of which there may be several. */
const listArgument = (parsed: Parsed, name: string): readonly string[] => {
  const values: unknown = parsed[name]
  return Array.isArray(values) ? values.map(String) : []
}

/** The inputs of a command, from its words or from a job file. */
const inputArguments = (command: string, parsed: Parsed): readonly string[] => {
  const inputs = listArgument(parsed, 'input')
  if (inputs.length > 0) return inputs
  throw wrongUse(`Something is missing: promptmill ${command} <input..>`)
}

const optionalArgument = (parsed: Parsed, name: string): string | undefined => {
  const value = parsed[name]
  return typeof value === 'string' ? value : undefined
}

/** The commands that send, loaded in steps. */
const loadRunCommands = async () => {
  const { loadStages } = await import('../commands/session/load-stages.js')
  await loadStages()
  return import('./run-command.js')
}

const inputWords = 'CSV, TSV, JSONL or JSON files, plain or .gz, or patterns in quotes; "-" is standard input'

const statusOptions = { ...priceOptions, ...journalOptions, ...jsonOptions } as const

const toViewing = (terminal: Terminal, parsed: Parsed) =>
  toSettings(terminalOptions, givenFlags(parsed, terminalOptions), terminal.env)

/** All commands, read by the parser, the help and the README. */
export const commandSpecs: readonly CommandSpec[] = [
  {
    usage: 'run [input..]',
    describe: 'Send every row that has no answer yet and write the results; the same command again resumes',
    positionals: { input: inputWords },
    options: { ...runOptions, ...configOptions, ...printOptions, ...terminalOptions },
    examples: [
      ['$0 run reviews.csv --model gpt-4o-mini --prompt "Sentiment of: {{review}}"', 'a template over a CSV'],
      ['$0 run reviews.csv --model gpt-4o-mini --prompt "…" --simulate', 'the same as a rehearsal, without a key'],
    ],
    async run(terminal, parsed, words) {
      if (toSettings(printOptions, givenFlags(parsed, printOptions)).printConfig) {
        const { printCommand } = await import('./print-command.js')
        return printCommand(terminal, parsed)
      }
      const inputs = inputArguments('run', parsed)
      const { runCommand } = await loadRunCommands()
      const flags = givenFlags(parsed, runOptions)
      const line = { text: quoteWords(['promptmill', ...words]) }
      return runCommand(terminal, inputs, {
        flags,
        viewing: toViewing(terminal, parsed),
        line,
      })
    },
  },
  {
    usage: 'estimate [input..]',
    describe: 'What a run would take: tokens, cost (low, expected, high) and time; sends nothing',
    positionals: { input: inputWords },
    options: { ...estimateOptions, ...configOptions, ...priceListOptions, ...jsonOptions, ...terminalOptions },
    examples: [
      ['$0 estimate reviews.csv --model gpt-4o-mini --prompt "Sentiment of: {{review}}"', 'before a run'],
      ['$0 estimate --list-prices gpt-4o-mini', 'what a model costs'],
    ],
    async run(terminal, parsed) {
      const asked = { ...priceOptions, ...priceListOptions, ...jsonOptions }
      const { listPrices, prices, json } = toSettings(asked, givenFlags(parsed, asked))
      if (listPrices) {
        const inputs = listArgument(parsed, 'input')
        const { priceListCommand } = await import('./price-list.js')
        if (inputs.length > 1) throw wrongUse('estimate --list-prices takes the name of one model')
        return priceListCommand(terminal, inputs[0], { prices, json })
      }
      const inputs = inputArguments('estimate', parsed)
      await loadRunCommands()
      const { estimateCommand } = await import('./estimate-command.js')
      const flags = givenFlags(parsed, estimateOptions)
      return estimateCommand(terminal, inputs, {
        flags,
        viewing: toViewing(terminal, parsed),
        json,
      })
    },
  },
  {
    usage: 'check [input..]',
    describe: 'Read every row and report every fault, with row and line; sends nothing, exit status 0 or 2',
    positionals: { input: inputWords },
    options: { ...runOptions, ...configOptions, ...checkOptions, ...jsonOptions, ...terminalOptions },
    examples: [
      ['$0 check reviews.csv --model gpt-4o-mini --prompt "Sentiment of: {{review}}"', 'before a run'],
      ['$0 check reviews.csv --model gpt-4o-mini --prompt "…" --show 1', 'what is sent for the first row'],
    ],
    async run(terminal, parsed) {
      const inputs = inputArguments('check', parsed)
      const { checkCommand } = await import('./check-command.js')
      const flags = givenFlags(parsed, runOptions)
      const asked = { ...checkOptions, ...jsonOptions }
      const { show, json } = toSettings(asked, givenFlags(parsed, asked))
      return checkCommand(terminal, inputs, {
        flags,
        viewing: toViewing(terminal, parsed),
        show,
        json,
      })
    },
  },
  {
    usage: 'retry <results>',
    describe: "Send a run's failed rows once more, with the run's own settings or others in their place",
    positionals: { results: 'Results file of a run, or its run folder' },
    options: { ...retryOptions, ...terminalOptions },
    examples: [
      ['$0 retry reviews.results.csv', 'after a run that ended with exit status 3'],
      ['$0 retry reviews.results.csv --only truncated --max-tokens 2000', 'answers that were cut, longer'],
    ],
    async run(terminal, parsed, words) {
      await loadRunCommands()
      const { retryCommand } = await import('./retry-command.js')
      const flags = givenFlags(parsed, retryOptions)
      const line = { text: quoteWords(['promptmill', ...words]) }
      return retryCommand(terminal, argument(parsed, 'results'), {
        flags,
        viewing: toViewing(terminal, parsed),
        line,
      })
    },
  },
  {
    usage: 'status <results>',
    describe: 'What stands: rows by status, failures by reason, tokens, cost',
    positionals: { results: 'Results file of a run, or its run folder' },
    options: statusOptions,
    examples: [
      ['$0 status reviews.results.csv --json | jq .cost_usd', 'for a script'],
      ['$0 status reviews.results.csv --journal', 'whether every record is as it was written'],
    ],
    async run(terminal, parsed) {
      const { statusCommand } = await import('./status-command.js')
      const asked = toSettings(statusOptions, givenFlags(parsed, statusOptions))
      return statusCommand(terminal, argument(parsed, 'results'), asked)
    },
  },
  {
    usage: 'explain [code]',
    describe: 'What an error code means, whether it is retried, and what to do',
    positionals: { code: 'An error code; without one, all of them' },
    options: {},
    examples: [['$0 explain timeout', 'one code']],
    async run(terminal, parsed) {
      const { explainCommand } = await import('./explain-command.js')
      return explainCommand(terminal, optionalArgument(parsed, 'code'))
    },
  },
  {
    usage: 'simulate',
    describe: 'Serve a local OpenAI-compatible endpoint to rehearse against',
    positionals: {},
    options: simulatorOptions,
    examples: [['$0 simulate --latency-ms 800 --rpm 500 --fault500 0.05', 'a slow endpoint with a limit and faults']],
    async run(terminal, parsed) {
      const { simulateCommand } = await import('./simulate-command.js')
      return simulateCommand(terminal, givenFlags(parsed, simulatorOptions))
    },
  },
]

const buildCommand = (argv: Argv, spec: CommandSpec): Argv => {
  for (const [name, describe] of Object.entries(spec.positionals)) argv.positional(name, { type: 'string', describe })
  for (const [command, what] of spec.examples) argv.example(command, what)
  return addFlags(argv, spec.options)
}

/** What yargs says of a wrong command line, in this program's words. */
const inOurWords = (message: string, words: readonly string[]): string => {
  const flag = /^Not enough arguments following: (\S+)$/.exec(message)?.[1]
  if (flag !== undefined) return `${flag.length === 1 ? '-' : '--'}${flag} needs a value`
  if (!message.startsWith('Not enough non-option arguments')) return message
  const { usage } = commandSpecs.find(spec => nameOf(spec) === words[0]) ?? { usage: words[0] ?? '' }
  return `Something is missing: promptmill ${usage}`
}

const wrongUse = (message: string): PromptmillError => new PromptmillError('bad_flag', message, { hint: seeHelp })

const unknownName = (kind: string, name: string, known: readonly string[]): PromptmillError => {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? seeHelp : `Did you mean ${nearest}?`
  return new PromptmillError('bad_flag', `There is no ${kind} ${name}`, { hint })
}

const seeHelp = 'promptmill --help shows the commands, promptmill COMMAND --help its flags'

const nameOf = ({ usage }: CommandSpec): string => usage.split(' ')[0] ?? usage

/** Yargs adds these to what it parsed, beside flags and positional arguments. */
const parserKeys = ['_', '$0', 'help', 'h', 'version', 'V']

/** Unknown flags and surplus words are refused before anything else is looked at. */
const checkParsed = (spec: CommandSpec, parsed: Parsed): void => {
  const known = [...parserKeys, ...Object.keys(spec.positionals), ...flagSpellings(spec.options)]
  const unknown = findUnknownFlag(parsed, known)
  if (unknown !== undefined) {
    const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`)
    throw unknownName('flag', dashed(unknown), Object.keys(spec.options).map(flagName))
  }
  const words = Array.isArray(parsed['_']) ? parsed['_'].slice(1) : []
  if (words.length > 0) throw wrongUse(`${nameOf(spec)} does not take the argument ${words.join(' ')}`)
}

/**
 * Carries the command that was chosen out of the parser. Thrown: after a handler that returns, yargs renders the help of
 * the command for a call that never comes, which takes twice as long as all the parsing.
 */
class Chosen extends Error {
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
const checkCommand = async (parser: Argv, words: readonly string[], terminal: Terminal): Promise<void> => {
  const [first] = words
  if (first === undefined) {
    terminal.say(await parser.getHelp())
    throw new PromptmillError('bad_flag', 'No command is given')
  }
  const names = commandSpecs.map(nameOf)
  if (!first.startsWith('-') && !names.includes(first)) throw unknownName('command', first, names)
}

/** Finds the command and reads its words. Undefined when help or the version was asked for, which is then shown. */
const parse = async (words: readonly string[], terminal: Terminal): Promise<Chosen | undefined> => {
  const parser = createParser(words)
  await checkCommand(parser, words, terminal)
  const shown: string[] = []
  try {
    await parser.parseAsync(hideDash(words), {}, (_error, _parsed, output) => {
      if (output !== '') shown.push(output)
    })
  } catch (error) {
    if (error instanceof Chosen) return error
    throw error
  }
  if (shown.length > 0) await terminal.out(`${shown.join('\n')}\n`)
  return undefined
}

/** What was given, with a job file beneath it where one is named. */
const withJobFile = async ({ spec, parsed }: Chosen): Promise<Parsed> => {
  if (!Object.hasOwn(spec.options, 'config')) return parsed
  const { config } = toSettings(configOptions, givenFlags(parsed, configOptions))
  if (config === undefined) return parsed
  const [{ readJobFile }, { mergeJob }] = await Promise.all([import('./job/file.js'), import('./job/merge.js')])
  return mergeJob(await readJobFile(config), parsed)
}

/** The whole command line: parses, runs, reports. Resolves with the exit status and never rejects. */
export const main = async (words: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    const chosen = await parse(words, terminal)
    // Help or the version was asked for.
    if (chosen === undefined) return 0
    checkParsed(chosen.spec, chosen.parsed)
    return await chosen.spec.run(terminal, await withJobFile(chosen), words)
  } catch (error) {
    return reportError(terminal, error)
  }
}
