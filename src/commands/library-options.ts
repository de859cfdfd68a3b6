import { PromptmillError } from '../core/errors.js'
import { checkGiven, type Taken } from '../core/given-options.js'
import { estimateOptions, retryOptions, runOptions } from '../core/options.js'
import { simulatorOptions } from '../simulator/options.js'

/** What only a program can give: it may hand the same object to every function, so all that read rows take these. */
const own = {
  schema: 'any',
  apiKey: 'text',
  signal: 'signal',
  abandonSignal: 'signal',
  dropSignal: 'signal',
  onOutcome: 'function',
  onPlan: 'function',
  onRetry: 'function',
  onNotice: 'function',
} as const satisfies Taken['own']

const withRows = { input: 'any', ...own } as const

/** What each function of the library takes. */
const takenBy = {
  run: { table: runOptions, own: withRows },
  stream: { table: runOptions, own: withRows },
  check: { table: runOptions, own: withRows },
  estimate: { table: estimateOptions, own: withRows },
  retry: { table: retryOptions, own: { results: 'any', ...own } },
  startSimulator: { table: simulatorOptions, own: {} },
} as const satisfies Readonly<Record<string, Omit<Taken, 'name'>>>

const isPath = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** Whether rows may come from it: a path, anything that can be iterated over, files or bytes. */
const isRowSource = (value: unknown): boolean =>
  isPath(value) ||
  (typeof value === 'object' &&
    value !== null &&
    [Symbol.iterator, Symbol.asyncIterator, 'files', 'bytes'].some(key => key in value))

/** @throws PromptmillError `bad_flag` for what is no path of a run */
export const checkResults = (name: string, results: unknown): void => {
  if (isPath(results)) return
  throw new PromptmillError('bad_flag', `${name} needs the path of the results, as a text`, {
    hint: 'It is what was given as output, or the run folder beside it',
  })
}

const checkInput = (name: string, input: unknown): void => {
  if (isRowSource(input)) return
  throw new PromptmillError('bad_flag', `${name} needs an input: a path, a list of paths, or the rows themselves`, {
    hint: "Give one, such as input: 'questions.csv' or input: [{ prompt: 'Hello' }]",
  })
}

/**
 * Refuses what a function of the library would otherwise leave out in silence, or trip over.
 * @throws PromptmillError `bad_flag`
 */
export const checkOptions = (name: keyof typeof takenBy, options: unknown): void => {
  checkGiven(options, { name, ...takenBy[name] })
  const given = options as Readonly<Record<string, unknown>>
  if (name === 'retry') checkResults(name, given['results'])
  else if (name !== 'startSimulator') checkInput(name, given['input'])
}
