import type { Clock } from '../core/clock.js'
import type { JournalPosition, JournalRecord, RecordSink } from '../core/records.js'
import { createBacklog, type Encoded, linesOf, refuseStarts, takeBatch, type Waiting } from './backlog.js'
import { createRescue, type DiskFault, type Rescue, type RescueOptions } from './rescue.js'
import { createSyncLoop } from './sync-loop.js'

/** At most about this much is written at once. */
const batchBytes = 2 ** 20
/** This much is synced although nobody waits for it: it is held in memory until then. */
const backlogBytes = 4 * 2 ** 20

export interface WriterOptions extends RescueOptions {
  readonly nextSeq: number
  readonly clock: Clock
  /** How long a commit waits for others to share its sync, in ms. */
  readonly lingerMs: number
}

export interface Writer extends RecordSink, Pick<Rescue, 'failure' | 'failed'> {
  /** Writes and syncs what is left. Never rejects: what could not be written was refused, and is in `failure`. */
  close(): Promise<void>
}

/**
 * Group commit. One loop writes everything that waits at once; another syncs, one sync at a time, everything that was
 * written when it began. After a failure of the disk `start` records are refused, and all others taken for as long as
 * there is a way to save them.
 */
export const createWriter = (options: WriterOptions): Writer => {
  const { segment } = options
  const queue: Waiting[] = []
  const backlog = createBacklog()
  const rescue = createRescue(backlog, options)
  let seq = options.nextSeq
  let working: Promise<void> | undefined
  let syncFault: DiskFault | undefined
  let rescuing = false
  let closing: Promise<void> | undefined

  const sync = async (): Promise<void> => {
    const covered = backlog.size
    // Once a sync has failed, another one on the same file would succeed without what was lost.
    if (covered === 0 || rescuing || syncFault !== undefined) return
    try {
      await segment.sync()
      backlog.synced(covered)
    } catch (error) {
      syncFault = { error, inSync: true }
      wake()
    }
  }
  const syncs = createSyncLoop(sync, options)

  const save = async (fault: DiskFault, batch: readonly Encoded[]): Promise<void> => {
    rescuing = true
    rescue.raise(fault.error)
    // A sync under way decides which records still need saving; and if it fails too, its own segment is lost.
    await syncs.settled()
    const inSync = fault.inSync || syncFault !== undefined
    syncFault = undefined
    await rescue.save({ error: fault.error, inSync }, batch)
    rescuing = false
  }

  const writeQueue = async (): Promise<void> => {
    if (rescue.failure !== undefined) refuseStarts(queue, rescue.failure)
    const batch = takeBatch(queue, seq, batchBytes)
    seq += batch.length
    if (rescue.broken) return rescue.refuse(batch)
    const lines = Buffer.concat(linesOf(batch))
    try {
      backlog.written(batch, await segment.append(lines))
    } catch (error) {
      await save({ error, inSync: false }, batch)
    }
  }

  const hasWork = (): boolean => syncFault !== undefined || queue.length > 0
  const isBusy = (): boolean => working !== undefined || backlog.size > 0

  const work = async (): Promise<void> => {
    while (hasWork()) {
      // Records of one turn of the event loop share a write.
      await new Promise(setImmediate)
      if (syncFault === undefined) await writeQueue()
      else await save(syncFault, [])
      if (backlog.awaited || backlog.bytes > backlogBytes) syncs.request()
    }
    working = undefined
  }
  const wake = (): void => {
    working ??= work()
  }

  const append = (record: JournalRecord, durable: boolean): Promise<JournalPosition> =>
    new Promise((resolve, reject) => {
      if (closing !== undefined) throw new Error('The journal is closed')
      queue.push({ record, durable, resolve, reject })
      wake()
    })

  const finish = async (): Promise<void> => {
    while (isBusy()) {
      await working
      await syncs.flush()
    }
    await segment.close()
    // The room is only needed while something can be in flight.
    await options.reserve.release().catch(() => false)
  }

  return {
    note: record => append(record, false),
    commit: record => append(record, true),
    get failure() {
      return rescue.failure
    },
    failed: rescue.failed,
    close: () => {
      closing ??= finish()
      return closing
    },
  }
}
