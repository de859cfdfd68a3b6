import type { Verdict } from '../core/judge.js'
import type { Reply } from '../core/model.js'
import type { Again } from './after-failure.js'
import type { SendPorts, SendSettings, Settlement } from './contract.js'
import type { Halt } from './halt.js'
import type { JournalWriter } from './journal-writer.js'
import { nameInvalid } from './name-failure.js'
import { createPurse } from './purse.js'
import { failureRecord, type OpenRow } from './rows.js'

export interface InvalidParts {
  readonly settings: SendSettings
  readonly ports: SendPorts
  readonly halt: Halt
  readonly journal: JournalWriter
}

/** What follows an answer that is not what was asked for: another try, or undefined when the row has had its tries. */
export type AfterInvalid = (
  row: OpenRow,
  found: { readonly reply: Reply; readonly verdict: Verdict & { readonly ok: false } },
) => Promise<Settlement | Again | undefined>

/**
 * Asks again within `retryInvalid`, and within `retries`: an answer of no use is billed like any other, and a row has
 * one limit of sends that may be. What was cut at a limit would be cut again. A run whose answers are nearly all wrong
 * does not multiply its cost: repeats have a purse of their own, apart from that of a broken endpoint's, and where it is
 * empty the row keeps the answer it has.
 */
export const createAfterInvalid = ({ settings, ports, halt, journal }: InvalidParts) => {
  const { clock, onEvent } = ports
  const purse = createPurse(settings.concurrency)
  const mayAsk = (row: OpenRow): boolean =>
    row.invalid <= settings.retryInvalid &&
    row.ambiguous <= settings.retries &&
    (halt.stop !== undefined || purse.take())

  const afterInvalid: AfterInvalid = async (row, { reply, verdict }) => {
    if (verdict.code === 'truncated' || verdict.code === 'content_filter') return undefined
    row.invalid += 1
    row.ambiguous += 1
    if (!mayAsk(row)) return undefined
    const failure = nameInvalid(reply, verdict, { scrub: ports.scrub, wallMs: clock.wall() })
    const { code } = failure
    // Takes back that the answer settles the row: a run that is killed now asks again too.
    await journal.note(failureRecord(row, failure, { at: clock.wall(), final: false }))
    if (halt.stop !== undefined) return { status: 'left' }
    onEvent?.({ kind: 'failure', row: row.request.row, attempt: row.attempt, code, final: false, waitMs: 0 })
    return { status: 'again', waitMs: 0 }
  }
  return { afterInvalid, rowDone: (): void => purse.rowDone('answered') }
}
