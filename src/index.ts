import { createLibrary } from './commands/library.js'
import { systemClock } from './core/clock.js'

/** The key and proxies come from the environment; nothing is printed, and results never go to standard output. */
const library = createLibrary({
  env: process.env,
  clock: systemClock,
  random: Math.random,
  out: () => Promise.resolve(false),
})

export const { run, stream, retry, status } = library

export type { LibraryOptions, Listeners, RunSummary } from './commands/library.js'
export type { PlanCounts, RowOutcome } from './commands/ports.js'
export type { RetryOptions } from './commands/retry.js'
export type { SchemaOption } from './commands/session/answer-form.js'
export type { RowSource, RunOptions } from './commands/session/settings.js'
export { type ErrorCode, PromptmillError } from './core/errors.js'
export { type FailureClass, type FailureCode, failureTable } from './core/failures.js'
export type { JsonObject, JsonValue, Usage } from './core/model.js'
export { formatUsd, parseUsd, type Usd } from './core/money.js'
export type { Outcome } from './core/outcome.js'
export type { ModelTotals, Summary, TokenTotals } from './core/summary.js'
export type { StandardSchema } from './prompt/schema/standard.js'
export { type SimulatorOptions, simulatorOptions } from './simulator/options.js'
export { type Simulator, startSimulator } from './simulator/start.js'
