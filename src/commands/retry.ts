import type { OptionsOf } from '../core/option-spec.js'
import type { sendOptions, spreadsheetOptions } from '../core/options.js'
import type { Outcome } from '../core/outcome.js'
import type { EndSignals } from './interrupted.js'
import type { Notify, Ports } from './ports.js'
import { type RunResult, run } from './run.js'
import type { SchemaOption } from './session/answer-form.js'
import { inputOf, optionsOf, outputOf } from './session/manifest-job.js'
import { findRun } from './status.js'

/** What `retry` may change of a run's settings: how requests are sent and results written, never what is asked. */
export interface RetryOptions extends OptionsOf<typeof sendOptions>, OptionsOf<typeof spreadsheetOptions>, EndSignals {
  /** Path of the results or of the run folder. */
  readonly results: string
  readonly apiKey?: string | undefined
  /** The run's own schema as a validation library has it: the manifest keeps its JSON Schema alone, without further checks. */
  readonly schema?: SchemaOption | undefined
}

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
  return run({ ...optionsOf(manifest), ...given, input, output: outputOf(manifest, folder) }, ports, { notify, again })
}
