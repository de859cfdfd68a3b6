import type { Notify } from '../commands/ports.js'
import type { RunResult } from '../commands/run.js'
import type { Snapshot } from './progress-pace.js'

/** One way of showing progress. */
export interface ProgressView extends Pick<Notify, 'onPlan' | 'onRetry' | 'onOutcome'> {
  /** How often it wants to be shown a snapshot, in ms. */
  readonly everyMs: number
  readonly show: (snapshot: Snapshot) => void
  /** The sending has ended. */
  readonly end: (snapshot: Snapshot) => void
  /** Writes a line that stays. */
  readonly say: (line: string) => void
  /** Tells what the session came to; without it, totals are written for people. */
  readonly onResult?: (result: RunResult) => void
  /** Tells a notice; without it, the notice is said as a line. */
  readonly note?: (text: string) => void
}
