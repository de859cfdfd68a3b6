import type { Call } from './call.js'

/** The calls on the wire. */
export interface LiveCalls {
  /** Returns the place to remove it from. */
  add(call: Call): number
  remove(place: number): void
  all(): Call[]
}

/**
 * Places that are used again, not a Set: V8 replaces a Set's table after as many deletions as it holds entries, and each
 * table refers to the next, so that one of them in the old generation drags every later one and its calls there.
 */
export const createLiveCalls = (): LiveCalls => {
  const places: (Call | undefined)[] = []
  const free: number[] = []
  return {
    add(call) {
      const place = free.pop() ?? places.length
      places[place] = call
      return place
    },
    remove(place) {
      places[place] = undefined
      free.push(place)
    },
    all: () => places.filter(call => call !== undefined),
  }
}
