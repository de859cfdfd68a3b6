import type { Clock } from '../core/clock.js'
import type { Override } from '../core/model.js'
import type { Usd } from '../core/money.js'
import type { Outcome } from '../core/outcome.js'
import type { SendLoad } from '../send/contract.js'

/** The outside world, as arguments. */
export interface Ports {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** Takes results that go to standard output. Resolves false once the reader has gone away. */
  readonly out: (text: string) => Promise<boolean>
  /**
   * Frees memory that has just gone out of use. Called where that is much: left alone, V8 looks for it when it needs room in
   * its own heap, and knows little of what stands outside. Undefined: it is left alone.
   */
  readonly collect?: (() => void) | undefined
}

/** What becomes of each row of the input. */
export interface RowCounts {
  /** Rows of the input, or those of them that are chosen. */
  readonly rows: number
  /** Rows that an earlier session settled: their answers (or final failures) are reused. */
  readonly reused: number
  /** Reused ones that stand in another place than when they were sent, if the input changed since the last session. */
  readonly moved: number
  /** Rows to be sent. */
  readonly pending: number
  /** Rows that no request can be made from. */
  readonly faulty: number
  /** Rows that are not sent, because an equal row is, or was (`--dedupe`). */
  readonly copies: number
}

/** What is known before the first request: how many rows, what becomes of each, and how the input changed. */
export interface PlanCounts extends RowCounts {
  /** Rows with another request than the one that was sent for the row with this id, or else in this place. */
  readonly edited: number
  /** Rows by which the input has grown. In a first session all that can be sent. */
  readonly new: number
  /**
   * Rows that are gone from the input since the last session. Their answers stay in the journal. 0 when a part of the
   * input is chosen, since the rest is unread.
   */
  readonly removed: number
}

/** What a `retry` is about to send. */
export interface RetryForecast {
  readonly rows: number
  /** How many of them have which error code. */
  readonly codes: Readonly<Record<string, number>>
  /** Further rows, which share the calls of these (`--dedupe`). */
  readonly copies: number
  /** Settings that are sent in place of the run's own, by name; empty when there are none. */
  readonly override: Override
  readonly promptTokens: number
  /** Of the rows whose price is known; undefined when none is. */
  readonly costUsd: Readonly<Record<'low' | 'expected' | 'high', Usd>> | undefined
  readonly unpricedRows: number
}

/** How far a session is. */
export interface Progress {
  readonly rows: number
  /** Settled rows, those of earlier sessions included. */
  readonly done: number
  readonly failed: number
  /** Tokens and cost of this session, as far as reported. */
  readonly promptTokens: number
  readonly completionTokens: number
  readonly spentUsd: Usd
  /** Answers of this session whose cost is unknown; `spentUsd` is without them. */
  readonly unpriced: number
  /** Rows settled in this session. */
  readonly settled: number
  readonly load: SendLoad
}

/** How a use case talks while it works. It never knows a terminal. */
export interface Notify {
  /** Something the user should know: one sentence. */
  readonly onNotice?: (text: string) => void
  readonly onPlan?: (plan: PlanCounts) => void
  /** Before a `retry` sends anything, and only if it will. */
  readonly onRetry?: (forecast: RetryForecast) => void
  /** Called once when the sending begins; the function gives the state of the moment whenever it is called. */
  readonly onSending?: (progress: () => Progress) => void
  /** The sending has ended: `onSending`'s function is of no more use. */
  readonly onSent?: () => void
  /** The results are about to be written. */
  readonly onWriting?: () => void
  /** A row is settled: its answer, or final failure, is in the journal and synced. */
  readonly onOutcome?: (row: RowOutcome) => void
  /** Awaited before more rows are pulled: a slow reader of outcomes holds the run back. */
  readonly ready?: () => Promise<void>
}

/** A row's outcome as it happens. */
export interface RowOutcome<Parsed = unknown> {
  /** The row's place in the input, counted from 1. */
  readonly row: number
  /** The line of its file on which it begins. */
  readonly line: number
  /** The file it comes from, where there are several. */
  readonly source?: string | undefined
  readonly outcome: Outcome<Parsed>
}
