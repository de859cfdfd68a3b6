import type { RequestIdentity } from '../../core/model.js'
import type { MembershipRecord, RecordSink } from '../../core/records.js'
import type { RecordReader } from '../../journal/reader.js'
import type { CopiedRequest } from './copy-list.js'
import type { Plan } from './plan.js'
import type { Recollection } from './recall.js'

const keysPerRecord = 1000

type Key = readonly [key: string, nth: number]

/** A request of the journal that no row of the plan has, and where it stood. */
export interface OutsideRequest extends RequestIdentity {
  readonly row: number
  readonly rowId: string | undefined
}

/** Requests of the journal that no row of the plan has. Reads the record of each, in the order of the journal. */
export function* outsideRequests(memory: Recollection, reader: RecordReader): Generator<OutsideRequest> {
  for (const { key, nth, row, found } of memory.open()) if (!found) yield { key, nth, row, rowId: undefined }
  if (memory.unfound() === 0) return
  for (const position of Float64Array.from(memory.unfoundPositions()).sort()) {
    const record = reader.read(position)
    if (record.kind !== 'answer' && record.kind !== 'failure') continue
    yield { key: record.key, nth: record.nth, row: record.row, rowId: record.row_id }
  }
}

/** How many requests went missing since the session before. */
export const countMissing = ({ restored }: Plan, memory: Recollection): number => {
  let outside = memory.unfound()
  for (const { found } of memory.open()) if (!found) outside += 1
  return outside - (memory.removed - restored)
}

/** Whether the journal has to hear of requests that belong to a row no longer, or again. */
export const changesMembership = (plan: Plan, memory: Recollection): boolean =>
  plan.restored > 0 || countMissing(plan, memory) > 0

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
  for (const { key, nth } of outsideRequests(memory, reader)) {
    if (anew || !memory.isRemoved(key, nth)) keys.push([key, nth])
    if (keys.length === keysPerRecord) await flush()
  }
  await flush()
}

/** Notes which requests answer several rows, for the same end. */
export const writeCopies = async (
  { copies }: Plan,
  { journal, at }: { journal: RecordSink; at: number },
): Promise<void> => {
  let requests: CopiedRequest[] = []
  for (const request of copies) {
    requests.push(request)
    if (requests.length < keysPerRecord) continue
    await journal.note({ kind: 'copies', at, requests })
    requests = []
  }
  if (requests.length > 0) await journal.note({ kind: 'copies', at, requests })
}
