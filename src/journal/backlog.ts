import type { JournalPosition, JournalRecord } from '../core/records.js'
import { encodeRecord } from './record-line.js'

/** A record that somebody waits for. */
export interface Waiting {
  readonly record: JournalRecord
  /** Whether it is to be synced before it is acknowledged. */
  readonly durable: boolean
  readonly resolve: (position: JournalPosition) => void
  readonly reject: (error: unknown) => void
}

/** The same with its bytes, which are kept until they are on the disk: they may have to be written elsewhere. */
export interface Encoded extends Waiting {
  readonly line: Buffer
}

/** Takes records off the front of the queue, about `maxBytes` of them, and numbers them. One that cannot be encoded is refused alone. */
export const takeBatch = (queue: Waiting[], seq: number, maxBytes: number): Encoded[] => {
  const batch: Encoded[] = []
  let bytes = 0
  let taken = 0
  for (const waiting of queue) {
    if (bytes >= maxBytes) break
    taken += 1
    try {
      const line = encodeRecord(seq + batch.length, waiting.record)
      const { record, durable, resolve, reject } = waiting
      batch.push({ record, durable, resolve, reject, line })
      bytes += line.length
    } catch (error) {
      waiting.reject(error)
    }
  }
  queue.splice(0, taken)
  return batch
}

/** Takes the `start` records out of the queue and refuses them: what they announce must not be sent. */
export const refuseStarts = (queue: Waiting[], failure: unknown): void => {
  const others = queue.filter(waiting => waiting.record.kind !== 'start')
  for (const waiting of queue) if (waiting.record.kind === 'start') waiting.reject(failure)
  queue.splice(0, queue.length, ...others)
}

export const linesOf = (entries: readonly Encoded[]): Buffer[] => entries.map(entry => entry.line)

/** Records that the kernel has and the disk has not, in their order. */
export interface Backlog {
  readonly size: number
  readonly bytes: number
  /** Whether one of them is waited for. */
  readonly awaited: boolean
  /** They were written, the first at `base`: acknowledges those that need not be synced. */
  written(entries: readonly Encoded[], base: JournalPosition): void
  /** The first `count` are synced: acknowledges them. */
  synced(count: number): void
  /** Takes all of them out, to be written elsewhere. */
  takeAll(): readonly Encoded[]
}

export const createBacklog = (): Backlog => {
  let held: { readonly entry: Encoded; readonly position: JournalPosition }[] = []
  let bytes = 0
  let awaited = 0
  return {
    get size() {
      return held.length
    },
    get bytes() {
      return bytes
    },
    get awaited() {
      return awaited > 0
    },
    written(entries, base) {
      let position = base
      for (const entry of entries) {
        held.push({ entry, position })
        if (entry.durable) awaited += 1
        else entry.resolve(position)
        position += entry.line.length
      }
      bytes += position - base
    },
    synced(count) {
      for (const { entry, position } of held.splice(0, count)) {
        bytes -= entry.line.length
        if (!entry.durable) continue
        awaited -= 1
        entry.resolve(position)
      }
    },
    takeAll() {
      const entries = held.map(({ entry }) => entry)
      held = []
      bytes = 0
      awaited = 0
      return entries
    },
  }
}
