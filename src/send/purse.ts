/** Repeats that every run has, whatever it has done. */
const start = 20

/** Repeats that each row done brings. */
const perRow = 0.5

/**
 * The run-wide budget of repeats that may be billed twice: a broken endpoint is not hammered, one that fails a fifth of
 * its calls is still finished. After "Retry Budgets" in Google's SRE workbook and Finagle.
 */
export interface Purse {
  rowDone(): void
  /** Takes one repeat. False when there is none left. */
  take(): boolean
}

/** One full round in flight may fail at once, as when a server restarts, and still be repeated. */
export const createPurse = (concurrency: number): Purse => {
  let left = start + concurrency
  return {
    rowDone() {
      left += perRow
    },
    take() {
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
