import { createKeyTable } from '../../journal/key-table.js'
import type { Draft } from '../../prompt/drafts.js'
import { identify } from '../../prompt/identity.js'

/** Finds what stands in a file more than once: 20 to 30 bytes a row, whatever the rows hold. */
const createFirsts = () => {
  const table = createKeyTable()
  /** The row, from 0, that had this key before; undefined for the first, which is remembered. */
  return (key: string, row: number): number | undefined => {
    const first = table.get(key, 0)
    if (first === undefined) table.set(key, 0, row)
    return first
  }
}

/** Looks for ids and requests that an earlier row has. */
export const createRepeats = () => {
  const ids = createFirsts()
  const requests = createFirsts()
  return {
    findId: (id: string, row: number): number | undefined => ids(identify('id', id), row),
    findRequest: ({ key, row }: Draft): number | undefined => requests(key, row),
  }
}
