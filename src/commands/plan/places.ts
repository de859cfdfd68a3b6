import { requestHash } from '../../journal/key-table.js'

const rowsPerChunk = 65_536

/** Which request stood at which place of the input when it was sent, as far as the journal tells: four bytes a row. */
export interface Places {
  put(row: number, key: string, nth: number): void
  /** Whether the latest request that was sent from this place is this one. */
  isAt(row: number, key: string, nth: number): boolean
}

/** Knows a request by 32 bits of its hash: enough to count what moved. */
export const createPlaces = (): Places => {
  const chunks: (Uint32Array | undefined)[] = []
  return {
    put(row, key, nth) {
      const index = Math.floor(row / rowsPerChunk)
      const chunk = chunks[index] ?? new Uint32Array(rowsPerChunk)
      chunks[index] = chunk
      chunk[row % rowsPerChunk] = requestHash(key, nth)
    },
    isAt: (row, key, nth) => chunks[Math.floor(row / rowsPerChunk)]?.[row % rowsPerChunk] === requestHash(key, nth),
  }
}

/** A text as a number of 32 bits (FNV-1a): enough to count ids that are found again. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}
