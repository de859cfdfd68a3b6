import path from 'node:path'
import type { OptionsOf } from '../core/option-spec.js'
import type { sendOptions, spreadsheetOptions } from '../core/options.js'
import type { Outcome } from '../core/outcome.js'
import type { Manifest } from '../journal/manifest.js'
import type { EndSignals } from './interrupted.js'
import type { Notify, Ports } from './ports.js'
import { type RunResult, run } from './run.js'
import type { SchemaOption } from './session/answer-form.js'
import type { RowSource, RunOptions } from './session/settings.js'
import { findRun } from './status.js'

/** What `retry` may change of a run's settings: how requests are sent and results written, never what is asked. */
export interface RetryOptions extends OptionsOf<typeof sendOptions>, OptionsOf<typeof spreadsheetOptions>, EndSignals {
  /** Path of the results or of the run folder. */
  readonly results: string
  readonly apiKey?: string | undefined
  /** The run's own schema as a validation library has it: the manifest keeps its JSON Schema alone, without further checks. */
  readonly schema?: SchemaOption | undefined
}

const inputOf = ({ input }: Manifest, folder: string): RowSource => {
  if (input.files !== undefined) return { files: input.files.map(file => ({ path: file.path, name: file.name })) }
  return input.spooled ? path.join(folder, path.basename(input.path)) : input.path
}

/** The results that belong to a run folder, wherever the folder is now. */
const outputOf = (manifest: Manifest, folder: string): string =>
  manifest.output === null ? '-' : folder.replace(/\.run[\\/]*$/, '')

const toOptions = (manifest: Manifest): Partial<RunOptions> =>
  Object.fromEntries(Object.entries(manifest.settings).filter(([, value]) => value !== null && value !== undefined))

/**
 * Sends the failed rows of a run once more, with the run's own settings: `run` with another choice of rows. What they
 * cost before stays counted.
 * @throws PromptmillError as `run` does, and `not_a_run`
 */
export const retry = async (options: RetryOptions, ports: Ports, notify: Notify = {}): Promise<RunResult> => {
  const { results, ...overrides } = options
  const { folder, manifest } = await findRun(results)
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
  const again = (outcome: Outcome): boolean => outcome.status === 'failed'
  const input = inputOf(manifest, folder)
  return run({ ...toOptions(manifest), ...given, input, output: outputOf(manifest, folder) }, ports, { notify, again })
}
