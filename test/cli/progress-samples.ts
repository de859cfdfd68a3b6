import type { Snapshot } from '../../src/cli/progress-pace.js'
import type { Progress } from '../../src/commands/ports.js'

const usd = (dollars: number): bigint => BigInt(Math.round(dollars * 1e6)) * 10n ** 9n

/** A session in the middle of 3,000 rows, of which 4 were settled before it. */
export const toProgress = (changes: Partial<Progress> = {}): Progress => ({
  rows: 3000,
  done: 1204,
  failed: 3,
  promptTokens: 240_000,
  completionTokens: 60_000,
  spentUsd: usd(0.0123),
  unpriced: 0,
  settled: 1200,
  load: { inFlight: 64, limit: 64, hold: undefined },
  ...changes,
})

export const toSnapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  progress: toProgress(),
  elapsedMs: 23_000,
  rowsPerSecond: 52.2,
  tokensPerSecond: 13_050,
  leftMs: 34_400,
  hold: undefined,
  ...changes,
})

/** Before anything has come back. */
export const startProgress = toProgress({
  done: 0,
  failed: 0,
  promptTokens: 0,
  completionTokens: 0,
  spentUsd: 0n,
  unpriced: 0,
  settled: 0,
})

export const startSnapshot = toSnapshot({
  progress: startProgress,
  elapsedMs: 200,
  rowsPerSecond: undefined,
  tokensPerSecond: undefined,
  leftMs: undefined,
})
