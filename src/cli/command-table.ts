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
import { simulatorOptions } from '../simulator/options.js'
import type { CommandSpec, Parsed } from './command-spec.js'
import { givenFlags } from './flags.js'
import { load } from './load.js'
import type { Terminal } from './terminal.js'
import type { Viewing } from './viewing.js'
import type { WatchedCommand } from './watch-session.js'
import { wrongUse } from './wrong-use.js'

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

const inputWords = 'CSV, TSV, JSONL or JSON files, plain or .gz, or patterns in quotes; "-" is standard input'

const statusOptions = { ...priceOptions, ...journalOptions, ...jsonOptions } as const

const toViewing = (terminal: Terminal, parsed: Parsed): Viewing =>
  toSettings(terminalOptions, givenFlags(parsed, terminalOptions), terminal.env)

const toWatched = (terminal: Terminal, parsed: Parsed, words: readonly string[]): WatchedCommand => ({
  viewing: toViewing(terminal, parsed),
  words: ['promptmill', ...words],
})

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
        const { printCommand } = (await load('./print-command.js')) as typeof import('./print-command.js')
        return printCommand(terminal, parsed)
      }
      const inputs = inputArguments('run', parsed)
      const { runCommand } = (await load('./run-command.js')) as typeof import('./run-command.js')
      const flags = givenFlags(parsed, runOptions)
      return runCommand(terminal, inputs, { flags, ...toWatched(terminal, parsed, words) })
    },
  },
  {
    usage: 'estimate [input..]',
    describe: 'What a run would take: tokens, cost (low, expected, high) and time; sends nothing but a --sample',
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
        const { priceListCommand } = (await load('./price-list.js')) as typeof import('./price-list.js')
        if (inputs.length > 1) throw wrongUse('estimate --list-prices takes the name of one model')
        return priceListCommand(terminal, inputs[0], { prices, json })
      }
      const inputs = inputArguments('estimate', parsed)
      const { estimateCommand } = (await load('./estimate-command.js')) as typeof import('./estimate-command.js')
      const flags = givenFlags(parsed, estimateOptions)
      return estimateCommand(terminal, inputs, { flags, viewing: toViewing(terminal, parsed), json })
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
      const { checkCommand } = (await load('./check-command.js')) as typeof import('./check-command.js')
      const flags = givenFlags(parsed, runOptions)
      const asked = { ...checkOptions, ...jsonOptions }
      const { show, json } = toSettings(asked, givenFlags(parsed, asked))
      return checkCommand(terminal, inputs, { flags, viewing: toViewing(terminal, parsed), show, json })
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
      const { retryCommand } = (await load('./retry-command.js')) as typeof import('./retry-command.js')
      const flags = givenFlags(parsed, retryOptions)
      return retryCommand(terminal, argument(parsed, 'results'), { flags, ...toWatched(terminal, parsed, words) })
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
      const { statusCommand } = (await load('./status-command.js')) as typeof import('./status-command.js')
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
      const { explainCommand } = (await load('./explain-command.js')) as typeof import('./explain-command.js')
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
      const { simulateCommand } = (await load('./simulate-command.js')) as typeof import('./simulate-command.js')
      return simulateCommand(terminal, givenFlags(parsed, simulatorOptions))
    },
  },
]
