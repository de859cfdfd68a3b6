/** How far the rows are settled: who comes behind the sending waits here. */
export interface Frontier {
  /** A row was settled. */
  advance(): void
  /**
   * Undefined when no row up to this one is waited for any more. Else resolves when it is so, and of a good many rows
   * behind it too: to change over for a few rows costs more than to write them.
   */
  reached(row: number): Promise<void> | undefined
  /** The sending is over: what is not settled now stays as it is. */
  open(): void
  /** Nothing is to come any more: whoever waits is told this error. */
  close(error: unknown): void
}

interface Waiter {
  /** The row that must be settled. */
  until: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface FrontierOptions {
  /** How many rows more are settled when a wait ends. */
  readonly stride?: number
  /** Whether there is time for whoever waits; asked once a stride. */
  readonly hasTime?: () => boolean
}

/** Some 50 ms of writing, which is what is left to do at the end. */
const defaultStride = 2000

/**
 * Follows the first row that is still waited for. One waiter at a time.
 * @param isAwaited whether the sending may yet settle this row
 */
export const createFrontier = (
  rows: number,
  isAwaited: (row: number) => boolean,
  { stride = defaultStride, hasTime = () => true }: FrontierOptions = {},
): Frontier => {
  /** Every row before it is settled. */
  let first = 0
  let over = false
  let waiter: Waiter | undefined
  let failure: { readonly error: unknown } | undefined

  const release = (): void => {
    if (waiter === undefined || (first <= waiter.until && !over)) return
    if (!over && !hasTime()) {
      waiter.until += stride
      return
    }
    waiter.resolve()
    waiter = undefined
  }
  const advance = (): void => {
    while (first < rows && !isAwaited(first)) first += 1
    release()
  }
  return {
    advance,
    reached(row) {
      if (failure !== undefined) return Promise.reject(failure.error)
      if (first <= row && !over) advance()
      if (first > row || over) return undefined
      return new Promise((resolve, reject) => {
        waiter = { until: Math.min(row + stride, Math.max(row, rows - 1)), resolve, reject }
      })
    },
    open() {
      over = true
      release()
    },
    close(error) {
      failure = { error }
      waiter?.reject(error)
      waiter = undefined
    },
  }
}
