import { type Answer, readAnswer } from '../core/answer.js'
import { judgeAnswer, type Verdict } from '../core/judge.js'
import type { Reply } from '../core/model.js'
import type { JournalPosition } from '../core/records.js'
import type { AfterFailure, Again } from './after-failure.js'
import { createAfterInvalid } from './after-invalid.js'
import type { Attempt } from './attempt.js'
import type { Exchange, Reservation, SendPorts, SendSettings, Settlement } from './contract.js'
import type { Flow } from './flow.js'
import { type Halt, stopFor } from './halt.js'
import type { JournalWriter } from './journal-writer.js'
import { type Failure, nameBreak, nameInvalid, nameReply, nameUseless } from './name-failure.js'
import type { Pass } from './pacer.js'
import type { Purse } from './purse.js'
import { answerRecord, failureRecord, isSimulated, type OpenRow, unknownRecord } from './rows.js'
import type { StartCheck } from './start-check.js'
import { type TokenCost, usedTokens } from './token-cost.js'

export interface AttemptEndParts {
  readonly settings: SendSettings
  readonly ports: SendPorts
  readonly flow: Flow
  readonly halt: Halt
  readonly journal: JournalWriter
  readonly cost: TokenCost
  readonly purse: Purse
  readonly startCheck: StartCheck
  readonly afterFailure: AfterFailure
}

const left: Settlement = { status: 'left' }

const free = (reservation: Reservation | undefined, { ambiguous }: Failure): void => {
  if (ambiguous) reservation?.keep()
  else reservation?.release()
}

/** Turns what an attempt brought into the row's end, or into another try. */
export const createAfterAttempt = (parts: AttemptEndParts) => {
  const { settings, ports, flow, halt, journal, cost, purse, startCheck, afterFailure } = parts
  const { clock, onEvent } = ports
  const naming = () => ({ scrub: ports.scrub, wallMs: clock.wall() })

  const withoutKey = (reply: Reply): Reply => {
    const body = ports.scrubAnswer(reply.body)
    return body === reply.body ? reply : { ...reply, body }
  }

  const account = (row: OpenRow, answer: Answer, { pass, reservation }: Attempt): void => {
    if (answer.status === 'unreadable') return reservation?.keep()
    reservation?.settle(answer)
    const used = answer.usage && usedTokens(answer.usage)
    if (answer.usage === undefined || used === undefined) return
    cost.learn(row.estimate, answer.usage)
    flow.used(pass, used)
  }

  const { afterInvalid, rowDone } = createAfterInvalid({ settings, ports, halt, journal })

  const settleInvalid = async (
    row: OpenRow,
    answer: Answer,
    found: { reply: Reply; position: JournalPosition; verdict: Verdict & { ok: false } },
  ): Promise<Settlement | Again> => {
    const { position, verdict } = found
    const again = await afterInvalid(row, found)
    if (again !== undefined) return again
    purse.rowDone('answered')
    rowDone()
    const { code } = verdict
    if (verdict.ownCheck !== true) return { status: 'failed', position, record: 'answer', code, answer }
    const failure = nameInvalid(found.reply, verdict, naming())
    const noted = await journal.commit(failureRecord(row, failure, { at: clock.wall(), final: true }))
    return { status: 'failed', position: noted, record: 'failure', code, answer }
  }

  const settle = (
    row: OpenRow,
    answer: Answer,
    { reply, position, pass }: { reply: Reply; position: JournalPosition; pass: Pass },
  ): Settlement | Promise<Settlement | Again> => {
    if (answer.status === 'error' || answer.status === 'unreadable') {
      const failure = nameUseless(reply, answer, naming())
      if (!failure.ambiguous) flow.failed(pass, { ...failure, headers: reply.headers })
      return afterFailure(row, failure, answer)
    }
    flow.worked()
    const verdict = judgeAnswer(answer, ports.judge)
    if (verdict?.ok === false) return settleInvalid(row, answer, { reply, position, verdict })
    purse.rowDone('answered')
    rowDone()
    return answer.status === 'ok'
      ? { status: 'answered', position, answer }
      : { status: 'failed', position, record: 'answer', code: 'empty_answer', answer }
  }

  const afterAnswer = async (row: OpenRow, asCame: Reply, attempt: Attempt): Promise<Settlement | Again> => {
    const { pass } = attempt
    const reply = withoutKey(asCame)
    const foreign = settings.expectSimulated !== undefined && settings.expectSimulated !== isSimulated(reply)
    if (foreign) halt.set(stopFor('simulated_endpoint', ''))
    flow.answered(pass, reply.headers)
    startCheck.pass()
    // Paid for: on disk before anybody reads it.
    const position = await journal.commit(answerRecord(row, reply, { at: clock.wall(), scrub: ports.scrub }))
    if (foreign) {
      attempt.reservation?.keep()
      return left
    }
    const answer = readAnswer(reply.body)
    account(row, answer, attempt)
    onEvent?.({
      kind: 'answer',
      row: row.request.row,
      attempt: row.attempt,
      answer,
      position,
      latencyMs: reply.latencyMs,
    })
    return settle(row, answer, { reply, position, pass })
  }

  const afterRefusal = (row: OpenRow, reply: Reply, { pass, reservation }: Attempt): Promise<Settlement | Again> => {
    const failure = nameReply(reply, naming())
    free(reservation, failure)
    flow.failed(pass, { ...failure, headers: reply.headers })
    return afterFailure(row, failure)
  }

  const afterAbort = async (
    row: OpenRow,
    broken: Exchange & { kind: 'broken' },
    { pass, reservation }: Attempt,
  ): Promise<Settlement> => {
    const at = clock.wall()
    flow.dropped(pass)
    if (broken.sent) reservation?.keep()
    else reservation?.release()
    await journal.note(
      broken.sent ? unknownRecord(row, at) : failureRecord(row, nameBreak(broken, naming()), { at, final: false }),
    )
    return left
  }

  return (row: OpenRow, attempt: Attempt): Promise<Settlement | Again> => {
    const { exchange, pass, reservation } = attempt
    if (exchange.kind === 'reply') {
      const { reply } = exchange
      return reply.status >= 200 && reply.status < 300
        ? afterAnswer(row, reply, attempt)
        : afterRefusal(row, reply, attempt)
    }
    if (exchange.code === 'aborted') return afterAbort(row, exchange, attempt)
    const failure = nameBreak(exchange, naming())
    free(reservation, failure)
    flow.failed(pass, { ...failure, headers: undefined })
    return afterFailure(row, failure)
  }
}
