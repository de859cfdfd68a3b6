const rowsPerBatch = 64

/**
 * Hands rows on in batches: so that a row costs no `await`, and so that little is held at once. What is pushed stems
 * from one chunk of the file, which bounds a batch in bytes too.
 */
export interface Batches<T> {
  push(row: T): void
  /** The rows pushed since the last call. */
  take(): Iterable<readonly T[]>
}

export const createBatches = <T>(): Batches<T> => {
  let rows: T[] = []
  return {
    push(row) {
      rows.push(row)
    },
    *take() {
      const taken = rows
      rows = []
      for (let from = 0; from < taken.length; from += rowsPerBatch) yield taken.slice(from, from + rowsPerBatch)
    },
  }
}
