import pLimit from 'p-limit'
import type { Request } from '../core/model.js'
import { createAfterAttempt } from './after-attempt.js'
import { createAfterFailure } from './after-failure.js'
import { createAttempt } from './attempt.js'
import type { Sender, SendLoad, SendPorts, SendSettings, Settlement } from './contract.js'
import { createFlow } from './flow.js'
import { createHalt, stopFor } from './halt.js'
import { createJournalWriter } from './journal-writer.js'
import { createNaps } from './naps.js'
import { createPurse } from './purse.js'
import { type OpenRow, openRow } from './rows.js'
import { createStartCheck } from './start-check.js'
import { createTokenCost } from './token-cost.js'

const left: Settlement = { status: 'left' }

/** Beside those in flight, rows may be backing off or waiting for the disk. */
const windowFor = (concurrency: number): number => 2 * concurrency + 16

/** Whether the queue was cleared under a waiting row. */
const isCleared = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** The one retry loop. See `Sender`. */
export const createSender = (settings: SendSettings, ports: SendPorts): Sender => {
  const { clock, onEvent } = ports
  const counts = { inFlight: 0, open: 0 }
  const models = new Set<string>()
  let inputEnded = false

  const slots = pLimit({ concurrency: 1, rejectOnClear: true })
  const naps = createNaps(clock)
  const halt = createHalt(stop => {
    flow.close()
    naps.wakeAll()
    startCheck.close()
    slots.clearQueue()
    onEvent?.({ kind: 'stop', stop })
  })
  const flow = createFlow(settings, {
    clock,
    random: ports.random,
    // With those about to be sent: answers that come together would each find the others' places not yet filled again.
    inFlight: () => slots.activeCount,
    onLimit: limit => {
      if (slots.concurrency !== limit) slots.concurrency = limit
    },
    onStop: (code, message) => halt.set(stopFor(code, message)),
  })
  const startCheck = createStartCheck({
    onMisconfigured: message => halt.set(stopFor('misconfigured', message)),
    onWaiting: () => look(),
  })
  const journal = createJournalWriter(ports.journal, halt)
  const shared = {
    settings,
    ports,
    flow,
    halt,
    journal,
    cost: createTokenCost(),
    purse: createPurse(settings.concurrency),
    startCheck,
  }
  const afterFailure = createAfterFailure({ ...shared, oneModel: () => models.size === 1 })
  const attempt = createAttempt({
    ...shared,
    afterFailure,
    afterAttempt: createAfterAttempt({ ...shared, afterFailure }),
    onFlight: change => {
      counts.inFlight += change
    },
  })

  /** Rows whose fate is open wait for others to tell; once there are no others, they fail. */
  const look = (): void => {
    if (inputEnded && startCheck.waiting > 0 && startCheck.waiting === counts.open) startCheck.pass()
  }

  const bring = async (row: OpenRow): Promise<Settlement> => {
    while (halt.stop === undefined) {
      const conclusion = await slots(attempt, row)
      if (conclusion === undefined) return left
      const end = await conclusion.end
      if (end.status !== 'again') return end
      await naps.nap(end.waitMs)
    }
    return left
  }

  const settle = async (
    request: Request,
    earlier: { readonly attempts: number } = { attempts: 0 },
  ): Promise<Settlement> => {
    if (models.size < 2) models.add(request.model)
    counts.open += 1
    try {
      return await bring(openRow(request, earlier.attempts))
    } catch (error) {
      if (isCleared(error)) return left
      throw error
    } finally {
      counts.open -= 1
      look()
    }
  }

  return {
    window: windowFor(settings.concurrency),
    settle,
    inputEnded() {
      inputEnded = true
      look()
    },
    drain: () => halt.set({ code: 'drained', message: 'Stopped before the end', hint: 'The same command resumes' }),
    abort() {
      halt.set({ code: 'aborted', message: 'Aborted before the end', hint: 'The same command resumes' })
      ports.transport.abort()
    },
    get stop() {
      return halt.stop
    },
    stopped: halt.stopped,
    load: (): SendLoad => {
      const hold = flow.hold()
      const waitMs = hold === undefined || hold.waitMs === Infinity ? 0 : hold.waitMs
      return { inFlight: counts.inFlight, limit: flow.limit, hold: hold && { reason: hold.reason, waitMs } }
    },
  }
}
