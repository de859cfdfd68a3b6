import { parseUsd, type Usd } from '../../core/money.js'
import type { RowRecord } from '../../core/records.js'
import { refOf } from './settled.js'

/** What is read of a record to tell what became of a call. */
export interface CallRecord {
  readonly kind: RowRecord['kind']
  readonly key: string
  readonly nth: number
}

/** Calls that brought no answer and may have been billed all the same. */
export interface CallDoubts {
  readonly calls: number
  /** What was reserved for them. */
  readonly reservedUsd: Usd
  /** Those of them for which nothing was reserved: they were made without a cap. */
  readonly unreserved: number
}

/**
 * Follows calls through the records. In doubt is one that failed ambiguously, was abandoned, or of which nothing more was
 * heard: its process was killed, and the next send of the row tells nothing about it.
 */
export const createCallDoubts = () => {
  const begun = new Map<string, Usd | undefined>()
  let calls = 0
  let reservedUsd = 0n
  let unreserved = 0
  const doubt = (reserved: Usd | undefined): void => {
    calls += 1
    if (reserved === undefined) unreserved += 1
    else reservedUsd += reserved
  }
  return {
    begin({ key, nth }: CallRecord, reserved: string | undefined): void {
      const call = refOf(key, nth)
      if (begun.has(call)) doubt(begun.get(call))
      begun.set(call, parseUsd(reserved ?? ''))
    },
    /** @returns what was reserved for the call */
    answer({ key, nth }: CallRecord): Usd | undefined {
      const call = refOf(key, nth)
      const reserved = begun.get(call)
      begun.delete(call)
      return reserved
    },
    /** After an answer of no use it speaks of a call that has been answered. */
    fail({ key, nth }: CallRecord, ambiguous: boolean): void {
      const call = refOf(key, nth)
      if (begun.has(call) && ambiguous) doubt(begun.get(call))
      begun.delete(call)
    },
    /** All of them, those of which nothing more has been heard by now included. */
    total(): CallDoubts {
      const open = [...begun.values()]
      return {
        calls: calls + open.length,
        reservedUsd: open.reduce<Usd>((sum, usd) => sum + (usd ?? 0n), reservedUsd),
        unreserved: unreserved + open.filter(usd => usd === undefined).length,
      }
    },
  }
}
