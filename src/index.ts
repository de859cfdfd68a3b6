import { createLibrary } from './commands/library.js'
import { systemClock } from './core/clock.js'

/** The key and proxies come from the environment; nothing is printed, and results never go to standard output. */
const library = createLibrary({
  env: process.env,
  clock: systemClock,
  random: Math.random,
  out: () => Promise.resolve(false),
})

export const { run, stream, retry, status, estimate, check, startSimulator } = library

export type { Finding, FindingCode, FoundRow } from './commands/check/findings.js'
export type { CheckOptions, CheckReport } from './commands/check.js'
export type { Range } from './commands/estimate/expectation.js'
export type { ComparedModel, Estimate, ModelEstimate } from './commands/estimate/report.js'
export type { EstimateOptions } from './commands/estimate.js'
export type { LibraryOptions, Listeners, Retry, RunSummary } from './commands/library.js'
export type { PlanCounts, RetryForecast, RowOutcome } from './commands/ports.js'
export type { Accuracy } from './commands/results/accuracy.js'
export type { RetryEstimate, RetryOptions } from './commands/retry.js'
export type { SchemaOption } from './commands/session/answer-form.js'
export type { RowSource, RunOptions } from './commands/session/settings.js'
export { type ErrorCode, PromptmillError } from './core/errors.js'
export { type FailureClass, type FailureCode, failureTable } from './core/failures.js'
export type { JsonObject, JsonValue, Usage } from './core/model.js'
export { formatUsd, parseUsd, type Usd } from './core/money.js'
export type { Outcome } from './core/outcome.js'
export type { CopyTotals, ModelTotals, Summary, TokenTotals } from './core/summary.js'
export type { StandardSchema } from './prompt/schema/standard.js'
export { type SimulatorOptions, simulatorOptions } from './simulator/options.js'
export type { Simulator, SimulatorHooks } from './simulator/start.js'
