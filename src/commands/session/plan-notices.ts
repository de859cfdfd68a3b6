import { flagName } from '../../core/option-spec.js'
import { describeFixedText } from '../../prompt/fixed-text.js'
import { describeFaults } from '../plan/faults.js'
import type { Plan } from '../plan/plan.js'
import type { Recollection } from '../plan/recall.js'
import type { Session } from './session.js'

/** The results of every standard input have the same name unless they are given one: another input may take it unawares. */
const describeTakenName = ({ job, settings }: Session, plan: Plan, memory: Recollection): string | undefined => {
  if (!job.source.spooled || settings.output !== undefined || plan.partial) return undefined
  if (memory.size === 0 || plan.counts.rows === 0 || plan.counts.reused > 0) return undefined
  return `None of these rows was in the run before: ${job.place.file} will have them alone. The earlier answers stay in its journal and come back with their rows; to keep both, give ${flagName('output')} FILE`
}

/** One row is asked what its template says, and a retry asks what was asked before. */
const describeTemplate = ({ settings, job, retrial }: Session, { counts }: Plan): string | undefined =>
  retrial === undefined && counts.rows > 1 && counts.pending > 0
    ? describeFixedText(settings.requests, job.source.input)
    : undefined

/** An empty file is most often not the one that was meant. */
const describeEmpty = ({ job }: Session, { counts, partial }: Plan): string | undefined => {
  const { form, name } = job.source.input
  if (counts.rows > 0 || partial) return undefined
  const header = form === 'table' ? ` below its header (${flagName('noHeader')} reads that as a row)` : ''
  return `${name} has not a single row${header}: there is nothing to send`
}

/** A base URL that stands in the environment is meant for other runs; one that is given with a rehearsal is a mistake. */
const describeUnusedUrl = ({ options, settings, retrial }: Session): string | undefined =>
  settings.simulate && options.baseUrl !== undefined && retrial === undefined
    ? `${flagName('baseUrl')} is not used: with ${flagName('simulate')} the built-in endpoint answers`
    : undefined

/** What there is to know of a plan before anything is sent, a sentence each. */
export const describePlan = (session: Session, plan: Plan, memory: Recollection): readonly string[] =>
  [
    describeEmpty(session, plan),
    describeUnusedUrl(session),
    describeFaults(plan),
    describeTemplate(session, plan),
    describeTakenName(session, plan, memory),
  ].filter(text => text !== undefined)
