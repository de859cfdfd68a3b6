import type { Argv, Options } from 'yargs'
import { flagName, type OptionSpec, type OptionTable } from '../core/option-spec.js'

const valueName = (spec: OptionSpec): string => spec.placeholder ?? (spec.type === 'number' ? 'N' : 'TEXT')

const describe = (spec: OptionSpec): string => {
  const value = spec.type === 'boolean' || spec.choices !== undefined ? '' : `<${valueName(spec)}> `
  const choices = spec.choices === undefined ? '' : ` [choices: ${spec.choices.join(', ')}]`
  return `${value}${spec.describe}${choices}${spec.env === undefined ? '' : ` [env: ${spec.env}]`}`
}

const toYargs = (spec: OptionSpec): Options => ({
  // Values stay text here, choices too: yargs would turn "abc" into NaN, and the table's own check says it better.
  ...(spec.type === 'boolean' ? { type: 'boolean' } : { nargs: 1 }),
  group: `${spec.group}:`,
  description: describe(spec),
  ...(spec.alias === undefined ? {} : { alias: spec.alias }),
  ...(spec.default === undefined || spec.type === 'boolean' ? {} : { defaultDescription: String(spec.default) }),
})

/** Adds a table's options to a command. Defaults are not given to yargs: the table's own reader fills them in. */
export const addFlags = <T>(argv: Argv<T>, table: OptionTable): Argv<T> => {
  for (const [key, spec] of Object.entries(table)) argv.option(flagName(key).slice(2), toYargs(spec))
  return argv
}

/** Takes the given options of a table out of what yargs parsed. */
export const givenFlags = (parsed: Readonly<Record<string, unknown>>, table: OptionTable): Record<string, unknown> => {
  const given: Record<string, unknown> = {}
  for (const key of Object.keys(table)) {
    if (parsed[key] !== undefined) given[key] = parsed[key]
  }
  return given
}

const toKebab = (key: string): string => flagName(key).slice(2)

/** A given flag that the tables do not have, without its dashes: yargs lists each in both spellings. */
export const findUnknownFlag = (
  parsed: Readonly<Record<string, unknown>>,
  known: readonly string[],
): string | undefined => {
  const allowed = new Set(known)
  return Object.keys(parsed).find(key => !allowed.has(key) && toKebab(key) === key)
}

/** Every spelling under which yargs lists the flags of a table. */
export const flagSpellings = (table: OptionTable): readonly string[] =>
  Object.entries(table).flatMap(([key, { alias }]) => [key, toKebab(key), ...(alias === undefined ? [] : [alias])])

/** A flag as the help and the README write it: `--max-tokens N`, `-o, --output FILE`. */
export const showFlag = (key: string, spec: OptionSpec): string => {
  const short = spec.alias === undefined ? '' : `-${spec.alias}, `
  return `${short}${flagName(key)}${spec.type === 'boolean' ? '' : ` ${valueName(spec)}`}`
}
