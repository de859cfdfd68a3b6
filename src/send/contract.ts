import type { Answer } from '../core/answer.js'
import type { Clock } from '../core/clock.js'
import type { FailureCode } from '../core/failures.js'
import type { Judge } from '../core/judge.js'
import type { Reply, Request } from '../core/model.js'
import type { Usd } from '../core/money.js'
import type { JournalPosition, RecordSink } from '../core/records.js'

/** What one attempt brought, before anybody has read it. */
export type Exchange =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | {
      readonly kind: 'broken'
      /** What broke it: a network error's own code, or one of `deadline`, `body_limit`, `aborted`. */
      readonly code: string
      /** Whether the endpoint may have read the request, and so may bill it. */
      readonly sent: boolean
      readonly message: string
      readonly latencyMs: number
    }

/** Carries one request to the endpoint and one reply back. Retries nothing. */
export interface Transport {
  /**
   * Never rejects. `attemptId` goes along as `X-Client-Request-Id`: printable ASCII, at most 512 characters. `body` is
   * the completed one of a request that has to be completed.
   */
  send(request: Request, attemptId: string, body?: Uint8Array): Promise<Exchange>
  /** Ends everything in flight: it comes back broken with the code `aborted`. */
  abort(): void
  /** Closes the idle connections. Resolves when all are closed. */
  close(): Promise<void>
}

export interface SendSettings {
  /** Requests in flight at once, at most. */
  readonly concurrency: number
  /** Repeats of a row whose sends may have been billed; refusals and failed connections are not counted. */
  readonly retries: number
  /** Of those, repeats after answers that are not what was asked for. */
  readonly retryInvalid: number
  /** How long a row is tried in all, in ms: attempts that may have been billed and the waits after them. */
  readonly rowTimeoutMs: number
  /** The longest standstill, in ms: a longer wait asked by the server, or a longer outage, ends the run resumably. */
  readonly maxWaitMs: number
  /** Requests a minute, at most; undefined learns the limit from the endpoint. */
  readonly rpm: number | undefined
  /** Tokens a minute, at most; undefined learns the limit from the endpoint. */
  readonly tpm: number | undefined
  /** Whether answers must be (true) or must not be (false) promptmill's own simulator's; undefined takes both. */
  readonly expectSimulated: boolean | undefined
}

/** The worst case of one send, held back from a budget. Ended exactly once, by one of its three ways. */
export interface Reservation {
  /** What is held back when it is made. */
  readonly amountUsd: Usd
  /** The endpoint said what the send used. */
  settle(answer: Answer): void
  /** Nothing was billed. */
  release(): void
  /** It may have been billed and nobody knows: the reservation stays. */
  keep(): void
}

export interface Budget {
  /** Undefined when the budget does not allow the send. May wait for reservations of others to end. */
  reserve(request: Request): Reservation | undefined | Promise<Reservation | undefined>
}

/** What happens, as it happens. `row` is the row's index; `attempt` counts from 1 over all sessions. */
export type SendEvent =
  | { readonly kind: 'start'; readonly row: number; readonly attempt: number }
  | {
      readonly kind: 'answer'
      readonly row: number
      readonly attempt: number
      readonly answer: Answer
      /** Of its record, which is synced. */
      readonly position: JournalPosition
      readonly latencyMs: number
    }
  | {
      readonly kind: 'failure'
      readonly row: number
      readonly attempt: number
      readonly code: FailureCode
      /** The row's last word; otherwise it is sent again after `waitMs`. */
      readonly final: boolean
      readonly waitMs: number
    }
  | { readonly kind: 'stop'; readonly stop: SendStop }

export interface SendPorts {
  readonly transport: Transport
  readonly journal: RecordSink
  readonly clock: Clock
  /** In [0, 1): jitter. */
  readonly random: () => number
  /** Prompt tokens of a request, roughly and cheaply. Asked only when a token limit is known. */
  readonly estimateTokens: (request: Request) => number
  /**
   * Prompt tokens of a request, counted. Asked only of rows that are large beside the token limit, before one of them
   * fails for its size; without it the estimate decides.
   */
  readonly countTokens?: ((request: Request) => Promise<number>) | undefined
  /** Takes the key out of a text that came from outside. */
  readonly scrub: (text: string) => string
  /** The same for the body of an answer, before it is journaled. */
  readonly scrubAnswer: (body: string) => string
  readonly budget?: Budget | undefined
  /** What answers must be, where more than text is asked for. */
  readonly judge?: Judge | undefined
  readonly onEvent?: ((event: SendEvent) => void) | undefined
}

/** Why the sending ended before the input did. */
export interface SendStop {
  readonly code: FailureCode | 'drained' | 'aborted' | 'journal_failed'
  readonly message: string
  readonly hint: string | undefined
  /** The journal's own error. */
  readonly cause?: unknown
}

/** What became of a row. Everything that is not `left` is in the journal, synced. */
export type Settlement =
  | { readonly status: 'answered'; readonly position: JournalPosition; readonly answer: Answer & { status: 'ok' } }
  | {
      readonly status: 'failed'
      readonly position: JournalPosition
      /** What stands at `position`: an answer of no use, of which an event has told, or a failure. */
      readonly record: 'answer' | 'failure'
      readonly code: FailureCode
      /** The answer that was of no use, when there was one. */
      readonly answer: Answer | undefined
    }
  /** The run is stopping; the row stays pending. */
  | { readonly status: 'left' }

/** What holds the run back now. `overloaded`: the endpoint turns requests away for want of capacity, not for a limit. */
export type HoldReason = 'rate_limited' | 'overloaded' | 'requests_per_minute' | 'tokens_per_minute' | 'outage'

export interface SendLoad {
  readonly inFlight: number
  /** How many may be in flight now. */
  readonly limit: number
  readonly hold: { readonly reason: HoldReason; readonly waitMs: number } | undefined
}

/** Sends rows and settles them: limits, waits, retries, and the journal at the right moments. */
export interface Sender {
  /** How many rows may be open (in flight, backing off, not yet synced) at once. */
  readonly window: number
  /**
   * Brings one row to its end. Never rejects for a row's failure; rejects with the journal's error when that can no
   * longer be written. `attempts` are the row's sends in earlier sessions.
   */
  settle(request: Request, earlier?: { readonly attempts: number }): Promise<Settlement>
  /** No row will follow: nothing waits for one any longer. */
  inputEnded(): void
  /** Starts nothing more; what is in flight is awaited and kept, what waits is left. */
  drain(): void
  /** Drains and cancels what is in flight, which is journaled as unknown. */
  abort(): void
  /** Set once the sending has ended early. */
  readonly stop: SendStop | undefined
  /** Resolves when `stop` is set. */
  readonly stopped: Promise<SendStop>
  load(): SendLoad
}
