import { flagName, type OptionSpec, type OptionTable } from '../../core/option-spec.js'
import { runOptions, terminalOptions } from '../../core/options.js'

/** What a job file may hold beside the input: the flags of `run`. */
export const jobOptions: OptionTable = { ...runOptions, ...terminalOptions }

/** A key of a job file: the flag without its dashes. */
export const keyName = (option: string): string => flagName(option).slice(2)

/** The option behind each key. */
const optionNames = new Map(Object.keys(jobOptions).map(option => [keyName(option), option]))

/** All keys, in the order in which a job is written. */
export const jobKeys: readonly string[] = ['input', ...optionNames.keys()]

/** An option by its key; undefined for a key that is none. */
export const findOption = (key: string): { readonly option: string; readonly spec: OptionSpec } | undefined => {
  const option = optionNames.get(key)
  const spec = option === undefined ? undefined : jobOptions[option]
  return option === undefined || spec === undefined ? undefined : { option, spec }
}

/** Texts that come from files too, where the line break at the end belongs to the file. */
export const isTemplate = (option: string): boolean => option === 'prompt' || option === 'system'
