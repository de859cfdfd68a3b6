import { createKeyTable } from '../../journal/key-table.js'

/** A request, and how many rows it answers beside its own. */
export type CopiedRequest = readonly [key: string, nth: number, rows: number]

/** Requests that answer several rows: some 50 bytes each, whatever their number of rows. */
export interface CopyList extends Iterable<CopiedRequest> {
  /** Rows that are answered by the request of another. */
  readonly rows: number
  /** Counts one more row that this request answers. The first row of a key decides its `nth`. */
  add(key: string, nth: number): void
}

const wordsPerKey = 4
const digitsPerWord = 8

const readKey = (key: string): number[] =>
  Array.from({ length: wordsPerKey }, (_, word) =>
    Number.parseInt(key.slice(word * digitsPerWord, (word + 1) * digitsPerWord), 16),
  )

const writeKey = (words: Uint32Array): string =>
  Array.from(words, word => word.toString(16).padStart(digitsPerWord, '0')).join('')

/** The words of the key, its `nth`, the number of rows. */
const wordsPerEntry = wordsPerKey + 2

export const createCopyList = (): CopyList => {
  const places = createKeyTable()
  let entries = new Uint32Array(64 * wordsPerEntry)
  let size = 0
  let rows = 0

  const append = (key: string, nth: number): void => {
    const at = size * wordsPerEntry
    if (at === entries.length) {
      const larger = new Uint32Array(entries.length * 2)
      larger.set(entries)
      entries = larger
    }
    entries.set([...readKey(key), nth, 1], at)
    places.set(key, 0, size)
    size += 1
  }
  return {
    get rows() {
      return rows
    },
    add(key, nth) {
      rows += 1
      const place = places.get(key, 0)
      if (place === undefined) {
        append(key, nth)
        return
      }
      const at = place * wordsPerEntry + wordsPerKey + 1
      entries[at] = (entries[at] ?? 0) + 1
    },
    *[Symbol.iterator]() {
      for (let place = 0; place < size; place++) {
        const entry = entries.subarray(place * wordsPerEntry, (place + 1) * wordsPerEntry)
        const [nth = 0, count = 0] = entry.subarray(wordsPerKey)
        yield [writeKey(entry.subarray(0, wordsPerKey)), nth, count]
      }
    },
  }
}
