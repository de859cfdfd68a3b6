import type { AfterFailure, Again } from './after-failure.js'
import type { Exchange, Reservation, SendPorts, Settlement } from './contract.js'
import type { Flow } from './flow.js'
import { type Halt, stopFor } from './halt.js'
import type { JournalWriter } from './journal-writer.js'
import { nameFault, nameOverTpm } from './name-failure.js'
import type { Pass } from './pacer.js'
import { type OpenRow, startRecord } from './rows.js'
import type { TokenCost } from './token-cost.js'

/** One send that was made, and what came of it. */
export interface Attempt {
  readonly exchange: Exchange
  readonly pass: Pass
  readonly reservation: Reservation | undefined
}

/**
 * Where an attempt leads to. In an object of its own, so that the slot it was made in is not held until the answer is on
 * disk.
 */
export interface Conclusion {
  readonly end: Promise<Settlement | Again>
}

export interface AttemptParts {
  readonly ports: SendPorts
  readonly flow: Flow
  readonly halt: Halt
  readonly journal: JournalWriter
  readonly cost: TokenCost
  readonly afterAttempt: (row: OpenRow, attempt: Attempt) => Promise<Settlement | Again>
  readonly afterFailure: AfterFailure
  /** Told of each send's begin (1) and end (-1). */
  readonly onFlight: (change: 1 | -1) => void
}

/** A token is at least one byte, and an estimate takes four for one: a prompt may have so many times its estimate. */
const lowAtMost = 4

/** No text has tokens of 32 bytes on average. */
const highAtMost = 8

/** Takes the attempt back: its record then tells that no call was made. */
const unsent = (row: OpenRow): Exchange => {
  row.attempt -= 1
  return { kind: 'broken', code: 'aborted', sent: false, message: 'the run stopped', latencyMs: 0 }
}

/**
 * Makes the sends of rows: waits for leave, reserves the money, notes the start, sends, and sees to what comes of it.
 * The returned function resolves to undefined when the run is stopping and nothing was sent.
 */
export const createAttempt = (parts: AttemptParts) => {
  const { ports, flow, halt, journal, cost, onFlight } = parts
  const { clock, transport, budget, onEvent } = ports
  const run = Math.floor(ports.random() * 2 ** 32).toString(36)

  const estimateOf = (row: OpenRow): number => {
    row.estimate ??= ports.estimateTokens(row.request)
    return row.estimate
  }
  /** Tokens of a prompt that no minute has room for; undefined when it fits. */
  const excess = async (row: OpenRow, tokenLimit: number): Promise<number | undefined> => {
    const estimate = estimateOf(row)
    const doubtful = ports.countTokens !== undefined && estimate < tokenLimit * highAtMost
    const tokens = doubtful ? await ports.countTokens(row.request) : estimate
    return tokens > tokenLimit ? tokens : undefined
  }
  const reserve = async (row: OpenRow): Promise<Reservation | undefined> => {
    const reservation = await budget?.reserve(row.request)
    if (reservation === undefined) halt.set(stopFor('budget_exhausted', ''))
    return reservation
  }
  const send = async (row: OpenRow, body: Uint8Array | undefined): Promise<Exchange> => {
    const { request } = row
    onFlight(1)
    onEvent?.({ kind: 'start', row: request.row, attempt: row.attempt })
    const exchange = await transport.send(request, `pm-${run}-${request.row}-${row.attempt}`, body)
    onFlight(-1)
    return exchange
  }

  const make = async (row: OpenRow, body?: Uint8Array): Promise<Conclusion | undefined> => {
    const { tokenLimit } = flow
    const estimate = tokenLimit === undefined ? 0 : estimateOf(row)
    if (tokenLimit !== undefined && estimate * lowAtMost > tokenLimit) {
      const tokens = await excess(row, tokenLimit)
      // No wait will ever make room for it.
      if (tokens !== undefined) return { end: parts.afterFailure(row, nameOverTpm(tokens, tokenLimit)) }
    }
    // What small prompts take beside their text makes a large one look larger than it is: never above the whole minute.
    const entered = flow.enter(tokenLimit === undefined ? 0 : Math.min(cost.of(estimate), tokenLimit))
    const pass = entered instanceof Promise ? await entered : entered
    if (pass === undefined) return undefined
    const reservation = budget === undefined ? undefined : await reserve(row)
    if (halt.stop !== undefined) {
      reservation?.release()
      flow.dropped(pass)
      return undefined
    }
    row.attempt += 1
    await journal.note(startRecord(row, { at: clock.wall(), reserved: reservation?.amountUsd }))
    // The run may have stopped while the start was noted. Then nothing more leaves, and nothing is unknown about it.
    const exchange = halt.stop === undefined ? await send(row, body) : unsent(row)
    // Begun before the slot goes to the next row: what this one learned holds for that already.
    return { end: parts.afterAttempt(row, { exchange, pass, reservation }) }
  }

  return async (row: OpenRow): Promise<Conclusion | undefined> => {
    const { complete } = row.request
    if (complete === undefined) return make(row)
    // Read anew for each send: between two of them nobody holds what may be many megabytes.
    const completed = await complete()
    if (completed.fault !== undefined) return { end: parts.afterFailure(row, nameFault(completed.fault)) }
    try {
      return halt.stop === undefined ? await make(row, completed.body) : undefined
    } finally {
      completed.release()
    }
  }
}
