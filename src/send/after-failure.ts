import type { Answer } from '../core/answer.js'
import { type FailureClass, type FailureCode, failureClassOf } from '../core/failures.js'
import type { SendPorts, SendSettings, Settlement } from './contract.js'
import { tellWait } from './duration.js'
import { type Halt, stopFor } from './halt.js'
import type { JournalWriter } from './journal-writer.js'
import type { Failure } from './name-failure.js'
import type { Purse } from './purse.js'
import { decideRetry, type Verdict } from './retry-policy.js'
import { failureRecord, type OpenRow } from './rows.js'
import type { StartCheck } from './start-check.js'

/** The row is to be sent again after so long. */
export interface Again {
  readonly status: 'again'
  readonly waitMs: number
}

export interface FailureParts {
  readonly settings: SendSettings
  readonly ports: SendPorts
  readonly halt: Halt
  readonly journal: JournalWriter
  readonly purse: Purse
  readonly startCheck: StartCheck
  /** Whether all rows so far ask for one model. */
  readonly oneModel: () => boolean
}

/** Decides what follows a failed attempt and journals it: another try, the row's end, or the run's. */
export type AfterFailure = (row: OpenRow, failure: Failure, answer?: Answer) => Promise<Settlement | Again>

export const createAfterFailure = (parts: FailureParts): AfterFailure => {
  const { settings, halt, journal, purse, startCheck } = parts
  const { clock, random, onEvent } = parts.ports

  const toRecord = (row: OpenRow, failure: Failure, final: boolean) =>
    failureRecord(row, failure, { at: clock.wall(), final })

  const leave = async (row: OpenRow, failure: Failure): Promise<Settlement> => {
    await journal.note(toRecord(row, failure, false))
    return { status: 'left' }
  }
  const fail = async (row: OpenRow, failure: Failure, answer: Answer | undefined): Promise<Settlement> => {
    if (failureClassOf(failure.code) === 'row-fatal' && (await startCheck.refused(failure)) === 'leave') {
      return leave(row, failure)
    }
    const position = await journal.commit(toRecord(row, failure, true))
    purse.rowDone('failed')
    onEvent?.({
      kind: 'failure',
      row: row.request.row,
      attempt: row.attempt,
      code: failure.code,
      final: true,
      waitMs: 0,
    })
    return { status: 'failed', position, record: 'failure', code: failure.code, answer }
  }
  const tryAgain = (row: OpenRow, failure: Failure, waitMs: number): Again => {
    journal.jot(toRecord(row, failure, false))
    onEvent?.({ kind: 'failure', row: row.request.row, attempt: row.attempt, code: failure.code, final: false, waitMs })
    return { status: 'again', waitMs }
  }

  const classOf = (code: FailureCode): FailureClass =>
    // Other models of the same file may well exist: then only the rows that ask for this one fail.
    code === 'model_not_found' && !parts.oneModel() ? 'row-fatal' : failureClassOf(code)

  const decide = (row: OpenRow, failure: Failure, kind: FailureClass): Verdict => {
    row.failures += 1
    if (kind === 'ambiguous') {
      row.ambiguous += 1
      row.triedMs += failure.latencyMs
    }
    const { failures, ambiguous, triedMs } = row
    return decideRetry({ class: kind, failures, ambiguous, triedMs, askedMs: failure.askedMs }, settings, random)
  }

  return async (row, failure, answer) => {
    const kind = classOf(failure.code)
    const verdict = decide(row, failure, kind)
    if (verdict.kind === 'fail') return fail(row, failure, answer)
    if (verdict.kind === 'stop') halt.set(stopFor(failure.code, failure.message))
    if (verdict.kind === 'wait_too_long') {
      halt.set(stopFor('wait_too_long', tellWait(verdict.waitMs, failure.message)))
    }
    if (halt.stop === undefined && kind === 'ambiguous' && !purse.take()) {
      halt.set(stopFor('retry_budget_spent', failure.message))
    }
    if (verdict.kind !== 'retry' || halt.stop !== undefined) return leave(row, failure)
    if (kind === 'ambiguous') row.triedMs += verdict.waitMs
    return tryAgain(row, failure, verdict.waitMs)
  }
}
