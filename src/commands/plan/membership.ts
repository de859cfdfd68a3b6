import type { MembershipRecord, RecordSink } from '../../core/records.js'
import type { RecordReader } from '../../journal/reader.js'
import type { Plan } from './plan.js'
import type { Recollection } from './recall.js'

const keysPerRecord = 1000

type Key = readonly [key: string, nth: number]

/** Requests of the journal that no row of the plan has. */
function* outsideRequests(memory: Recollection, reader: RecordReader): Generator<Key> {
  for (const { key, nth, found } of memory.open()) if (!found) yield [key, nth]
  if (memory.unfound() === 0) return
  for (const position of memory.unfoundPositions()) {
    const record = reader.read(position)
    if ('key' in record) yield [record.key, record.nth]
  }
}

/** Whether the journal has to hear of requests that belong to a row no longer, or again. */
export const changesMembership = ({ restored }: Plan, memory: Recollection): boolean => {
  let outside = memory.unfound()
  for (const { found } of memory.open()) if (!found) outside += 1
  return restored > 0 || outside > memory.removed
}

/**
 * Notes in the journal which requests no longer belong to a row, and which do again, so that `status` can count alone.
 * When some are back, all are taken back and those outside are named anew: of what is outside the journal can tell, of
 * what is back nobody has kept a list.
 */
export const writeMembership = async (
  plan: Plan,
  memory: Recollection,
  { journal, reader, at }: { journal: RecordSink; reader: RecordReader; at: number },
): Promise<void> => {
  const anew = plan.restored > 0
  if (anew) await journal.note({ kind: 'restored', at, all: true, keys: [] })
  let keys: Key[] = []
  const flush = async (): Promise<void> => {
    const removed: MembershipRecord = { kind: 'removed', at, keys }
    keys = []
    if (removed.keys.length > 0) await journal.note(removed)
  }
  for (const [key, nth] of outsideRequests(memory, reader)) {
    if (anew || !memory.isRemoved(key, nth)) keys.push([key, nth])
    if (keys.length === keysPerRecord) await flush()
  }
  await flush()
}
