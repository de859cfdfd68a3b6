import type { CopiesRecord } from '../../core/records.js'
import { createKeyTable } from '../../journal/key-table.js'

/** What the latest session told of rows that are answered by the request of another. */
export interface Copies {
  readonly rows: number
  /** How many rows this request answers beside its own. */
  of(key: string, nth: number): number
  /** The `nth` of the request with this key that answers other rows; undefined when there is none. */
  source(key: string): number | undefined
}

/** Follows what sessions tell of requests that answer several rows: the latest alone counts. */
export const createCopies = () => {
  let counts = createKeyTable()
  /** Of the few that are not the first with their key. */
  const later = new Map<string, number>()
  let rows = 0
  const copies: Copies = {
    get rows() {
      return rows
    },
    of: (key, nth) => counts.get(key, nth) ?? 0,
    source: key => later.get(key) ?? (counts.get(key, 0) === undefined ? undefined : 0),
  }
  return {
    copies,
    forget(): void {
      if (rows === 0) return
      counts = createKeyTable()
      later.clear()
      rows = 0
    },
    see({ requests }: CopiesRecord): void {
      for (const [key, nth, count] of requests) {
        counts.set(key, nth, count)
        if (nth > 0) later.set(key, nth)
        rows += count
      }
    },
  }
}
