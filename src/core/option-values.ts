import { showNumber } from './count-words.js'
import { PromptmillError } from './errors.js'
import { notGiven } from './given-value.js'
import { flagName, type OptionSpec, type OptionsOf, type OptionTable, type SettingsOf } from './option-spec.js'

const badFlag = (key: string, problem: string, hint?: string): PromptmillError =>
  new PromptmillError('bad_flag', `${flagName(key)} ${problem}`, hint === undefined ? {} : { hint })

/** Bounds of a number, both included; as an option or an API parameter has them. */
type NumberBounds = Pick<OptionSpec, 'min' | 'max' | 'integer'>

const range = ({ min, max }: NumberBounds): string => {
  if (min === undefined) return max === undefined ? '' : ` of at most ${showNumber(max)}`
  return max === undefined ? ` of at least ${showNumber(min)}` : ` from ${showNumber(min)} to ${showNumber(max)}`
}

/** Which numbers will do, in words: `a whole number of at least 1`. */
export const describeNumber = (bounds: NumberBounds): string =>
  `${bounds.integer === true ? 'a whole number' : 'a number'}${range(bounds)}`

const isKind = ({ integer }: NumberBounds, number: number): boolean =>
  Number.isFinite(number) && (integer !== true || Number.isSafeInteger(number))

/** Whether a number will do. */
export const fitsNumber = (bounds: NumberBounds, number: number): boolean =>
  isKind(bounds, number) &&
  (bounds.min === undefined || number >= bounds.min) &&
  (bounds.max === undefined || number <= bounds.max)

const checkNumber = (key: string, spec: OptionSpec, value: unknown): number => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const wanted = `needs ${describeNumber(spec)}`
  if (typeof number === 'number' && fitsNumber(spec, number)) return number
  const amount = spec.placeholder === 'USD' && !Number.isFinite(number)
  throw badFlag(
    key,
    wanted + notGiven(value),
    amount ? `USD as a plain number, such as ${flagName(key)} 2.50` : undefined,
  )
}

/** Which words will do: `takes stop or fail`. */
export const describeChoices = (choices: readonly string[]): string =>
  `takes ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(choices)}`

const checkString = (key: string, spec: OptionSpec, value: unknown): string => {
  if (Array.isArray(value)) throw badFlag(key, 'was given more than once')
  if (typeof value !== 'string' || (value === '' && spec.placeholder !== 'TEXT')) throw badFlag(key, 'needs a value')
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw badFlag(key, describeChoices(spec.choices) + notGiven(value))
  }
  return value
}

/**
 * Checks one value against its line of the table; a number may be given as text.
 * @throws PromptmillError `bad_flag`, naming the flag
 */
export const checkValue = (key: string, spec: OptionSpec, value: unknown): unknown => {
  switch (spec.type) {
    case 'number':
      if (Array.isArray(value)) throw badFlag(key, 'was given more than once')
      return checkNumber(key, spec, value)
    case 'string':
      return checkString(key, spec, value)
    case 'boolean':
      if (typeof value !== 'boolean') throw badFlag(key, 'takes no value')
      return value
    case 'list':
      return (Array.isArray(value) ? value : [value]).map(item => checkString(key, spec, item))
    default:
      return spec.type satisfies never
  }
}

/**
 * Optional outside, complete inside: checks every given value against the table and fills in environment and defaults.
 * A flag wins over the environment, which wins over the default.
 * @throws PromptmillError `bad_flag`, naming the flag.
 */
export const toSettings = <T extends OptionTable>(
  table: T,
  given: OptionsOf<T>,
  env: Readonly<Record<string, string | undefined>> = {},
): SettingsOf<T> => {
  const settings: Record<string, unknown> = {}
  for (const [key, spec] of Object.entries(table)) {
    const fromEnv = spec.env === undefined || env[spec.env] === '' ? undefined : env[spec.env]
    const value = given[key] ?? fromEnv
    settings[key] = value === undefined ? spec.default : checkValue(key, spec, value)
  }
  return settings as SettingsOf<T>
}
