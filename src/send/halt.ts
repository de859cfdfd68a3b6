import { type FailureCode, failureTable } from '../core/failures.js'
import type { SendStop } from './contract.js'

/** Why the sending ended early, set once: the first reason is the true one. */
export interface Halt {
  readonly stop: SendStop | undefined
  readonly stopped: Promise<SendStop>
  set(stop: SendStop): void
}

/** `onStop` is told at once, in the same turn. */
export const createHalt = (onStop: (stop: SendStop) => void): Halt => {
  let stop: SendStop | undefined
  let resolve: ((stop: SendStop) => void) | undefined
  const stopped = new Promise<SendStop>(done => {
    resolve = done
  })
  return {
    get stop() {
      return stop
    },
    stopped,
    set(reason) {
      if (stop !== undefined) return
      stop = reason
      onStop(reason)
      resolve?.(reason)
    },
  }
}

/** A stop in the words of the failure table. */
export const stopFor = (code: FailureCode, message: string): SendStop => {
  const { title, advice } = failureTable[code]
  // What broke a connection, and a status without a word of the endpoint's, are told with their title already.
  const told = message === '' || message.includes(title)
  return { code, message: told ? message || title : `${title}: ${message}`, hint: advice }
}
