import { PromptmillError } from '../../core/errors.js'
import type { Judge } from '../../core/judge.js'
import type { Override } from '../../core/model.js'
import type { Outcome, Price } from '../../core/outcome.js'
import type { RecordReader } from '../../journal/reader.js'
import type { Drafts } from '../../prompt/drafts.js'
import type { PlanRetrial } from '../plan/plan.js'
import { readRecorded } from '../results/project.js'
import { openDrafts } from './open-drafts.js'
import type { OpenedSource } from './open-source.js'
import type { RunSettings } from './settings.js'

/** What `retry` asks of a run: settled rows are sent again, by what became of them, and no others. */
export interface Retrial {
  choose(outcome: Outcome): boolean
  /** What is asked in place of the run's own requests, and in which settings it differs from them. */
  readonly override: { readonly settings: RunSettings; readonly flags: Override } | undefined
}

/** A retry sets no answers aside: there would be nothing left to send again. */
export const lostSimulator = (): PromptmillError =>
  new PromptmillError(
    'bad_output',
    'These answers are simulated, and the endpoint is not the simulator they came from',
    {
      hint: 'Start the simulator again and give its --base-url, or give the run command, which sets the answers aside',
    },
  )

/** Compiles the other requests for an input. @throws PromptmillError as `openDrafts` does */
export const openOtherDrafts = async (
  retrial: Retrial | undefined,
  source: OpenedSource,
): Promise<Drafts | undefined> => retrial?.override && openDrafts(retrial.override.settings, source)

/** The same as a plan takes it: outcomes are read from the journal. */
export const toPlanRetrial = (
  { choose }: Retrial,
  drafts: Drafts | undefined,
  source: { readonly reader: RecordReader; readonly price: Price; readonly judge: Judge | undefined },
): PlanRetrial => ({
  again({ positions, attempts }) {
    const outcome = readRecorded(source, positions)
    return choose(outcome) ? { attempts: Math.max(outcome.attempts, attempts), code: outcome.errorCode } : undefined
  },
  drafts,
})
