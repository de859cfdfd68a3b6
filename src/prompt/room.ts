/** Bounds how much is held at once. */
export interface Room {
  /** Waits until there is room for so much; what is larger than all of it gets it alone. Returns what gives it back. */
  take(size: number): Promise<() => void>
}

interface Waiting {
  readonly size: number
  readonly enter: () => void
}

/** Room for `capacity` of whatever sizes are counted in; first come, first served. */
export const createRoom = (capacity: number): Room => {
  const waiting: Waiting[] = []
  let taken = 0

  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (taken > 0 && taken + next.size > capacity) return
      waiting.shift()
      taken += next.size
      next.enter()
    }
  }
  return {
    async take(size) {
      await new Promise<void>(enter => {
        waiting.push({ size, enter })
        admit()
      })
      let held = true
      return () => {
        if (held) taken -= size
        held = false
        admit()
      }
    },
  }
}
