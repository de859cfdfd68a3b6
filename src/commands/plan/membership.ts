import type { MembershipRecord, RecordSink } from '../../core/records.js'
import type { RecordReader } from '../../journal/reader.js'
import type { Plan } from './plan.js'
import type { Recollection } from './recall.js'

const keysPerRecord = 1000

type Key = readonly [key: string, nth: number]

const findRemoved = (memory: Recollection, reader: RecordReader): Key[] => {
  const keys: Key[] = []
  for (const { key, nth, found } of memory.open()) if (!found && !memory.isRemoved(key, nth)) keys.push([key, nth])
  if (memory.unfound() === 0) return keys
  for (const position of memory.unfoundPositions()) {
    const record = reader.read(position)
    if ('key' in record && !memory.isRemoved(record.key, record.nth)) keys.push([record.key, record.nth])
  }
  return keys
}

/** Notes in the journal which requests no longer belong to a row, and which do again, so that `status` can count alone. */
export const writeMembership = async (
  plan: Plan,
  memory: Recollection,
  { journal, reader, at }: { journal: RecordSink; reader: RecordReader; at: number },
): Promise<void> => {
  const write = async (kind: MembershipRecord['kind'], keys: readonly Key[]): Promise<void> => {
    for (let from = 0; from < keys.length; from += keysPerRecord) {
      await journal.note({ kind, at, keys: keys.slice(from, from + keysPerRecord) })
    }
  }
  await write('removed', findRemoved(memory, reader))
  await write('restored', plan.restored)
}
