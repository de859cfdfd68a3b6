import type { PlanCounts } from '../commands/ports.js'
import { countOf, showCount } from '../core/count-words.js'

/**
 * `resuming: 57 rows reused (2 moved), 3 edited, 1 new, 0 removed; 4 rows to send`. Undefined where there is nothing to
 * resume.
 */
export const renderResumeLine = (plan: PlanCounts): string | undefined => {
  const { reused, moved, edited, removed, pending, copies } = plan
  if (reused + edited + removed === 0) return undefined
  const sharing =
    copies === 0 ? '' : `, ${countOf(copies, 'row')} ${copies === 1 ? 'shares' : 'share'} the call of an equal one`
  const kept = `${countOf(reused, 'row')} reused (${showCount(moved)} moved)`
  return `resuming: ${kept}, ${showChanges(plan)}${sharing}; ${pending === 0 ? 'nothing' : countOf(pending, 'row')} to send`
}

const showChanges = ({ edited, new: added, removed }: PlanCounts): string =>
  `${showCount(edited)} edited, ${showCount(added)} new, ${showCount(removed)} removed`

/** `the input changed: 2 rows moved, 3 edited, 1 new, 0 removed`; undefined where it did not. For a retry, which sends none of them. */
export const renderChangeLine = (plan: PlanCounts): string | undefined => {
  const { moved, edited, removed } = plan
  if (moved + edited + plan.new + removed === 0) return undefined
  return `the input changed: ${countOf(moved, 'row')} moved, ${showChanges(plan)}`
}
