import { countOf, showCount } from '../../core/count-words.js'
import { PromptmillError } from '../../core/errors.js'
import { showFaults } from '../plan/faults.js'
import { countMissing } from '../plan/membership.js'
import type { Plan } from '../plan/plan.js'
import type { Recollection } from '../plan/recall.js'

/** What a plan is checked against. */
export interface RetryFacts {
  /** Where the input is now, if it is not where the run read it. */
  readonly movedTo: string | undefined
  /** Flags in place of the run's own. */
  readonly flags: readonly string[]
  readonly badRows: 'stop' | 'fail'
}

const countFound = (memory: Recollection): number => {
  let found = memory.size - memory.unfound()
  for (const request of memory.open()) if (request.found) found += 1
  return found
}

/**
 * An input that moved has to have the very rows of the run: results are written from it.
 * @returns how many match, in words
 */
const checkMoved = (file: string, plan: Plan, memory: Recollection): string => {
  const found = countFound(memory)
  const missing = countMissing(plan, memory)
  const rows = memory.lastRun?.rows ?? 0
  const matching = `${found} of the ${countOf(found + missing, 'row')} that were sent are in it`
  const size =
    plan.counts.rows === rows
      ? ''
      : `, and it has ${countOf(plan.counts.rows, 'row')} where the run had ${showCount(rows)}`
  if (missing === 0 && size === '') return `${file} has the rows of the run: ${matching}`
  throw new PromptmillError('bad_input', `${file} is not the input of this run: ${matching}${size}`, {
    hint: 'Give the same rows. To go on with edited ones, give the run command with this file and the same --output',
  })
}

const checkUnsendable = ({ unsendable }: Plan, { flags, badRows }: RetryFacts): string | undefined => {
  const count = unsendable.reduce((sum, group) => sum + group.count, 0)
  if (count === 0) return undefined
  const message = `With ${flags.join(', ')} ${countOf(count, 'row')} ${count === 1 ? 'has' : 'have'} no request to send:\n${showFaults(unsendable)}`
  if (badRows === 'fail') return message
  throw new PromptmillError('bad_input', message, { hint: `Nothing was sent. Mend the rows or the flags` })
}

/**
 * Checks what is to be sent again.
 * @returns sentences to be told
 * @throws PromptmillError `bad_input` when the input is another one, or rows have no request with the flags given
 */
export const checkRetryPlan = (plan: Plan, memory: Recollection, facts: RetryFacts): readonly string[] => {
  const { movedTo, flags } = facts
  const { unchanged } = plan
  return [
    movedTo === undefined ? undefined : checkMoved(movedTo, plan, memory),
    checkUnsendable(plan, facts),
    unchanged === 0
      ? undefined
      : `${countOf(unchanged, 'row')} ${unchanged === 1 ? 'is' : 'are'} sent unchanged: ${flags.join(', ')} concern nothing in ${unchanged === 1 ? 'it' : 'them'}, such as Batch API lines, which are sent as they are`,
  ].filter(text => text !== undefined)
}

/** Rows that are not sent because an equal one is. */
export const countSharing = ({ table, copies }: Plan): number => {
  if (copies.rows === 0) return 0
  let sharing = 0
  for (let row = 0; row < table.rows; row++) {
    if (table.state(row) !== 'copy') continue
    const sender = table.sender(row)
    if (sender !== undefined && table.isUnsent(sender)) sharing += 1
  }
  return sharing
}

/** Why nothing is sent, in a sentence. */
export const describeNothing = (
  only: ReadonlySet<string> | undefined,
  codes: ReadonlyMap<string, number>,
  { counts: { faulty }, unsendable }: Plan,
): string => {
  if (unsendable.length > 0) return 'There are no other rows to send: nothing is sent'
  const failed =
    faulty === 0 ? 'No row has failed' : 'No failed row has a request to send until it is mended in the input'
  const asked = only === undefined ? failed : `No row has the code ${[...only].join(' or ')}`
  const others = [...codes].map(([code, count]) => `${showCount(count)} ${code}`)
  const rest = only === undefined || others.length === 0 ? '' : ` (there are ${others.join(', ')})`
  return `${asked}${rest}: nothing is sent`
}
