import type { JournalPosition } from '../../core/records.js'
import { createKeyTable } from '../../journal/key-table.js'

/** A request as a key of a map. */
export const refOf = (key: string, nth: number): string => `${key}.${nth}`

/**
 * The requests that the journal settles, and where their records are.
 *
 * Table values: 0 = nothing settled (any more); p + 1 = the first record is at p; the same negative = asked for.
 * Requests with several records keep the later ones in a map, since they are few.
 */
export const createSettled = () => {
  const table = createKeyTable()
  const later = new Map<string, JournalPosition[]>()
  /** By key: one of the settled requests that are not the first with it. */
  const beyondFirst = createKeyTable()
  let size = 0
  let found = 0
  const has = (key: string, nth: number): boolean => (table.get(key, nth) ?? 0) !== 0
  const positions = (key: string, nth: number): JournalPosition[] => {
    const value = table.get(key, nth) ?? 0
    return value === 0 ? [] : [Math.abs(value) - 1, ...(later.get(refOf(key, nth)) ?? [])]
  }
  return {
    has,
    positions,
    beyondFirst(key: string): number | undefined {
      const nth = beyondFirst.get(key, 0)
      return nth !== undefined && has(key, nth) ? nth : undefined
    },
    get size() {
      return size
    },
    unfound: () => size - found,
    add(key: string, nth: number, position: JournalPosition): void {
      if (!has(key, nth)) {
        table.set(key, nth, position + 1)
        size += 1
        if (nth > 0 && beyondFirst.get(key, 0) === undefined) beyondFirst.set(key, 0, nth)
        return
      }
      const ref = refOf(key, nth)
      later.set(ref, [...(later.get(ref) ?? []), position])
    },
    /** Forgets that it was settled and gives back what it had. */
    reopen(key: string, nth: number): JournalPosition[] {
      const had = positions(key, nth)
      table.set(key, nth, 0)
      later.delete(refOf(key, nth))
      size -= 1
      return had
    },
    find(key: string, nth: number): JournalPosition[] {
      const value = table.get(key, nth) ?? 0
      if (value > 0) {
        table.set(key, nth, -value)
        found += 1
      }
      return value === 0 ? [] : positions(key, nth)
    },
    *unfoundPositions(): Generator<JournalPosition> {
      for (const value of table.values()) if (value > 0) yield value - 1
    },
  }
}
