import { createKeyTable } from '../../journal/key-table.js'
import type { Draft } from '../../prompt/drafts.js'
import type { CopyList } from './copy-list.js'
import type { Recollection, Remembered } from './recall.js'
import type { RowTable } from './row-table.js'

/** What rows with equal requests are placed in and looked up in. */
export interface EqualsFacts {
  readonly table: RowTable
  readonly memory: Recollection
  readonly copies: CopyList
}

/**
 * Decides which rows share the request of an equal one. A row that the journal has settled keeps its own answer, which
 * is paid for. Any other has that of the first row with its request, or of a later one if the journal has settled that
 * one and not the first.
 */
export const createEquals = ({ table, memory, copies }: EqualsFacts) => {
  /** By key: the first row that has it. */
  const firsts = createKeyTable()
  /** By row: which of the equal requests a first row that is a copy itself has its answer from. */
  const borrowed = new Map<number, number>()

  const pushCopy = ({ row, key }: Draft, nth: number, remembered: Remembered | undefined, from: number): void => {
    table.push('copy', nth)
    copies.add(key, from)
    if (remembered === undefined) return
    table.setOwnPositions(row, remembered.positions)
    table.setAttempts(row, remembered.attempts)
  }
  const placeFirst = (draft: Draft, remembered: Remembered | undefined): boolean => {
    const { key, row } = draft
    firsts.set(key, 0, row)
    const later = remembered?.settled === true ? undefined : memory.settledLater(key)
    if (later === undefined) return false
    borrowed.set(row, later)
    pushCopy(draft, 0, remembered, later)
    for (const position of memory.peek(key, later)?.positions ?? []) table.addPosition(row, position)
    return true
  }
  return {
    /** Puts the next row into the table if it is a copy; false when it is not. */
    place(draft: Draft, nth: number, remembered: Remembered | undefined): boolean {
      const first = nth === 0 ? undefined : firsts.get(draft.key, 0)
      if (first === undefined) return placeFirst(draft, remembered)
      const from = borrowed.get(first)
      if (remembered?.settled === true) {
        // From here on the answer can be looked up where it belongs: it may yet become another.
        if (from === nth) table.setSource(first, draft.row)
        return false
      }
      pushCopy(draft, nth, remembered, from ?? 0)
      table.setSource(draft.row, first)
      return true
    },
  }
}
