/** Repeats that every run has, whatever it has done. */
const start = 20

/** Repeats that each row done brings. */
const perRow = 0.5

/**
 * The run-wide budget of repeats that may be billed twice: a broken endpoint is not hammered, one that fails a fifth of
 * its calls is still finished. After "Retry Budgets" in Google's SRE workbook and Finagle.
 */
export interface Purse {
  rowDone(how: 'answered' | 'failed'): void
  /** Takes one repeat. False when there is none left. */
  take(): boolean
}

/**
 * `round`: how many are in flight at most. Once the endpoint has answered, one full round may fail at once, as when a
 * server restarts, and still be repeated.
 */
export const createPurse = (round: number): Purse => {
  let left = start
  let answered = false
  return {
    rowDone(how) {
      left += perRow
      if (how === 'failed' || answered) return
      answered = true
      left += round
    },
    take() {
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
