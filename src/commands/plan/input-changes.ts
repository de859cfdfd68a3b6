import type { RecordReader } from '../../journal/reader.js'
import type { PlanCounts } from '../ports.js'
import { countMissing, outsideRequests } from './membership.js'
import { hashText } from './places.js'
import type { Plan } from './plan.js'
import type { Recollection } from './recall.js'

/** Counts rows that have another request than the missing one that had their id, or else their place. */
const countEdited = (plan: Plan, memory: Recollection, reader: RecordReader) => {
  const missing = countMissing(plan, memory)
  if (missing === 0) return { missing, edited: 0 }
  const { table, freshIds } = plan
  const edited = new Uint8Array(table.rows)
  const ids = new Set<number>()
  let byPlace = 0
  for (const { key, nth, row, rowId } of outsideRequests(memory, reader)) {
    // Told when it happened.
    if (memory.isRemoved(key, nth)) continue
    if (rowId !== undefined && freshIds.length > 0) {
      ids.add(hashText(rowId))
    } else if (row < table.rows && edited[row] === 0 && table.isFresh(row)) {
      edited[row] = 1
      byPlace += 1
    }
  }
  const byId = ids.size === 0 ? 0 : freshIds.reduce((count, id) => count + (ids.has(id) ? 1 : 0), 0)
  return { missing, edited: Math.min(missing, byPlace + byId) }
}

/**
 * Compares the input with what the journal knows of it. Edited is a row that has a new request where one that is gone
 * had been; a row that no request was ever sent for is new as far as the input has more rows than it had, else it was
 * left over. Reads the records of what is gone, nothing else.
 */
export const compareInput = (
  plan: Plan,
  memory: Recollection,
  reader: RecordReader,
): Pick<PlanCounts, 'edited' | 'new' | 'removed'> => {
  const { fresh, counts } = plan
  const { missing, edited } = countEdited(plan, memory, reader)
  const removed = plan.partial ? 0 : missing - edited
  // Rows that share the request of an equal one come and go without leaving a trace of their own.
  const stayed = (memory.lastRun?.rows ?? 0) - memory.copies.rows - removed
  const grown = counts.rows - counts.copies - stayed
  return { edited, removed, new: Math.max(0, Math.min(grown, fresh - edited)) }
}
