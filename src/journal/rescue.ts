import { type Alarm, createAlarm } from './alarm.js'
import { type Backlog, type Encoded, linesOf } from './backlog.js'
import { isFull } from './disk-failure.js'
import type { EmergencyFile } from './emergency.js'
import type { Reserve } from './reserve.js'
import type { SegmentFile } from './segment-file.js'

/** What went wrong, and whether it was a sync. */
export interface DiskFault {
  readonly error: unknown
  readonly inSync: boolean
}

export interface RescueOptions {
  readonly folder: string
  readonly segment: SegmentFile
  readonly reserve: Reserve
  readonly emergency: EmergencyFile
}

/**
 * What is done when the disk fails: `raise` at once, so that nothing more is sent, then `save` what was sent. On a full
 * disk in the room of the reserve; otherwise, and after any failed sync, in a new segment. A sync that failed must not
 * be repeated: the kernel may have dropped the pages, and the next sync would succeed without them (Rebello et al.,
 * "Can Applications Recover from fsync Failures?", USENIX ATC 2020). The last resort is the emergency file.
 */
export interface Rescue extends Pick<Alarm, 'failure' | 'failed' | 'raise'> {
  /** Whether nothing helped. */
  readonly broken: boolean
  /** Saves the backlog and the batch that was being written. Afterwards they are written, or refused. */
  save(fault: DiskFault, batch: readonly Encoded[]): Promise<void>
  /** Once broken: refuses records after putting them into the emergency file. */
  refuse(entries: readonly Encoded[]): Promise<void>
}

export const createRescue = (backlog: Backlog, options: RescueOptions): Rescue => {
  const { segment, reserve, emergency } = options
  const alarm = createAlarm(options.folder)
  let broken: { readonly cause: unknown } | undefined

  const refuse = async (entries: readonly Encoded[]): Promise<void> => {
    if (entries.length === 0) return
    const target = segment.nextPath()
    let path: string | undefined
    try {
      path = await emergency.save(linesOf(entries))
    } catch {
      // Nothing is left to try; the failure says so.
    }
    const failure = alarm.giveUp(broken?.cause, path === undefined ? undefined : { path, target })
    for (const entry of entries) entry.reject(failure)
  }

  const inPlace = async (batch: readonly Encoded[]): Promise<void> => {
    backlog.written(batch, await segment.append(Buffer.concat(linesOf(batch))))
  }

  const elsewhere = async (entries: readonly Encoded[]): Promise<void> => {
    const bytes = Buffer.concat(linesOf(entries))
    const base = await segment.replace(bytes).catch(async (error: unknown) => {
      if (!isFull(error) || !(await reserve.release())) throw error
      return segment.replace(bytes)
    })
    backlog.written(entries, base)
    backlog.synced(entries.length)
  }

  return {
    get broken() {
      return broken !== undefined
    },
    get failure() {
      return alarm.failure
    },
    failed: alarm.failed,
    raise: cause => alarm.raise(cause),
    refuse,
    async save({ error, inSync }, batch) {
      const roomMade = isFull(error) && (await reserve.release())
      if (roomMade && !inSync) {
        const saved = await inPlace(batch).then(
          () => true,
          () => false,
        )
        if (saved) return
      }
      const entries = [...backlog.takeAll(), ...batch]
      try {
        await elsewhere(entries)
      } catch {
        // The first error is the one to tell: what fails after it follows from it.
        broken = { cause: error }
        await refuse(entries)
      }
    },
  }
}
