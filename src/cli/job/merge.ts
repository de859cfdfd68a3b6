import type { JobValues } from './values.js'

/** Flags that cannot stand beside each other: one that is given takes the place of the file's others. */
const rivals: Readonly<Record<string, readonly string[]>> = {
  prompt: ['promptFile', 'messages'],
  promptFile: ['prompt', 'messages'],
  messages: ['prompt', 'promptFile', 'system', 'systemFile'],
  system: ['systemFile', 'messages'],
  systemFile: ['system', 'messages'],
  schema: ['jsonMode'],
  jsonMode: ['schema'],
}

const isGiven = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0)

/** The values of a job file with the given flags, which go before them. */
export const mergeJob = (job: JobValues, given: JobValues): JobValues => {
  const flags = Object.entries(given).filter(([, value]) => isGiven(value))
  const replaced = new Set(flags.flatMap(([option]) => rivals[option] ?? []))
  return {
    ...Object.fromEntries(Object.entries(job).filter(([option]) => !replaced.has(option))),
    ...Object.fromEntries(flags),
  }
}
