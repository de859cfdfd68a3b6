import { pause } from './form.js'
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.js'
import { answerShortly } from './short-answers.js'

/** An endpoint that keeps its clients waiting: what is in flight stays there until the test says so. */
export interface HeldEndpoint extends LocalEndpoint {
  /** Resolves once there have been so many calls. */
  reached(calls: number): Promise<void>
  /** Answers everything that waits, and all that comes. */
  release(): void
}

/** Answers the first `free` calls at once and holds the others. */
export const startHeldEndpoint = async (free: number): Promise<HeldEndpoint> => {
  const waiting: (() => void)[] = []
  let held = true
  const endpoint = await startLocalEndpoint(
    {},
    {
      respond: async call => {
        if (held && call.n > free) {
          await new Promise<void>(resolve => {
            waiting.push(resolve)
          })
        }
        return answerShortly(call)
      },
    },
  )
  return {
    ...endpoint,
    async reached(calls) {
      while (endpoint.ledger().calls < calls) await pause(2)
    },
    release() {
      held = false
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}
