/** How far the rows are settled: who comes behind the sending waits here. */
export interface Frontier {
  /** A row was settled. */
  advance(): void
  /** Resolves when no row up to this one is waited for any more. Undefined when it is so already. */
  reached(row: number): Promise<void> | undefined
  /** The sending is over: what is not settled now stays as it is. */
  open(): void
  /** Nothing is to come any more: whoever waits is told this error. */
  close(error: unknown): void
}

interface Waiter {
  readonly row: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Follows the first row that is still waited for. One waiter at a time.
 * @param isAwaited whether the sending may yet settle this row
 */
export const createFrontier = (rows: number, isAwaited: (row: number) => boolean): Frontier => {
  /** Every row before it is settled. */
  let first = 0
  let over = false
  let waiter: Waiter | undefined
  let failure: { readonly error: unknown } | undefined

  const release = (): void => {
    if (waiter === undefined || (first <= waiter.row && !over)) return
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
        waiter = { row, resolve, reject }
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
