import { toSettings } from '../core/option-values.js'
import { configOptions } from '../core/options.js'
import type { Parsed } from './command-spec.js'
import { givenFlags } from './flags.js'
import { type Chosen, parse } from './parse.js'
import { reportError } from './report-error.js'
import type { Terminal } from './terminal.js'

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
    return await chosen.spec.run(terminal, await withJobFile(chosen), words)
  } catch (error) {
    return reportError(terminal, error)
  }
}
