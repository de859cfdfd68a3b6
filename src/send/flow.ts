import type { Clock } from '../core/clock.js'
import { type FailureCode, failureClassOf } from '../core/failures.js'
import type { ReplyHeaders } from '../core/model.js'
import { type Breaker, createBreaker } from './breaker.js'
import { type Concurrency, createConcurrency } from './concurrency.js'
import type { SendSettings } from './contract.js'
import { showSeconds, tellWait } from './duration.js'
import { createGate, type Gate } from './gate.js'
import { createLimiter, type Hold, type Limiter } from './limiter.js'
import { createPacer, type Pacer, type Pass } from './pacer.js'
import { readRateHeaders } from './rate-headers.js'
import { retryWaitMs } from './retry-policy.js'
import { rowsOwn } from './start-check.js'

/** What is told of a failed send to the flow. */
export interface FlowFailure {
  readonly code: FailureCode
  readonly message: string
  /** Undefined when no reply came. */
  readonly headers: ReplyHeaders | undefined
  readonly askedMs: number | undefined
}

/** Decides when the next send may go, from what came of the earlier ones. */
export interface Flow {
  /** How many may be in flight. */
  readonly limit: number
  readonly tokenLimit: number | undefined
  /** Leave to send so many tokens. Undefined when the run is stopping. */
  enter(tokens: number): Pass | Promise<Pass | undefined>
  /** A 2xx reply came. */
  answered(pass: Pass, headers: ReplyHeaders): void
  failed(pass: Pass, failure: FlowFailure): void
  /** The reply turned out to be an answer: the endpoint does let somebody in. */
  worked(): void
  /** The tokens a send turned out to use. */
  used(pass: Pass, tokens: number): void
  /** The send was not made, or was cancelled. */
  dropped(pass: Pass): void
  hold(): Hold | undefined
  close(): void
}

export interface FlowParts {
  readonly clock: Clock
  readonly random: () => number
  readonly inFlight: () => number
  readonly onLimit: (limit: number) => void
  /** The sending cannot go on; told once. */
  readonly onStop: (code: FailureCode, message: string) => void
}

/** Signs of an outage. Throttling never is one; a timeout may be a long answer. */
const outageCodes: ReadonlySet<FailureCode> = new Set([
  'connection_failed',
  'too_many_sockets',
  'connection_lost',
  'server_error',
])

/** So many calls in a row turned away by an overloaded server hold all others back too. */
const overloadsToClose = 3

export const createFlow = (settings: SendSettings, parts: FlowParts): Flow => {
  const { clock, random } = parts
  const { maxWaitMs } = settings
  const now = (): number => clock.now()
  const gate: Gate = createGate(now)
  const limiter: Limiter = createLimiter(settings, now)
  const breaker: Breaker = createBreaker(maxWaitMs, now)
  const concurrency: Concurrency = createConcurrency(settings.concurrency, now)
  const tooLong = (waitMs: number, said?: string): void => parts.onStop('wait_too_long', tellWait(waitMs, said))
  const pacer: Pacer = createPacer({ clock, limiter, gate, maxWaitMs, onTooLong: hold => tooLong(hold.waitMs) })
  /** Refusals since the last real answer, and since when. */
  let refusals = 0
  let refusedSinceMs = 0

  const learn = (pass: Pass, headers: ReplyHeaders): void => {
    const reports = readRateHeaders(headers, clock.wall())
    limiter.learn(pass.ticket, reports)
    if (reports.requests !== undefined || reports.tokens !== undefined) concurrency.limitsKnown()
  }
  const alive = (pass: Pass): void => {
    breaker.succeeded(pass.probe)
    if (pass.probe) gate.open()
  }
  const throttle = (pass: Pass, { code, message, askedMs }: FlowFailure): void => {
    if (code === 'rate_limited') limiter.refused(pass.ticket)
    concurrency.throttled(code === 'slow_down' ? 'slow_down' : limiter.knowsRate ? 'paced' : 'rate', parts.inFlight())
    const at = now()
    if (refusals === 0) refusedSinceMs = at
    // Those that were under way when the gate closed say nothing new.
    const hold = gate.hold()
    if (hold === undefined || hold.waitMs === Infinity) refusals += 1
    // An overloaded server turns single calls away; it is not said of all. Their rows back off on their own.
    if (code === 'overloaded' && askedMs === undefined && refusals < overloadsToClose && !pass.probe) return
    const waitMs = retryWaitMs(refusals, askedMs, random)
    // What the endpoint asks for, without the jitter: a wait of just --max-wait is allowed.
    const standstillMs = at - refusedSinceMs + (refusals > 1 ? waitMs : (askedMs ?? waitMs))
    if (standstillMs > maxWaitMs) tooLong(standstillMs, message)
    else {
      gate.close(code === 'overloaded' ? 'overloaded' : 'rate_limited', waitMs, refusals > 1 || !limiter.knowsRate)
      limiter.pause(waitMs)
    }
  }
  const out = (pass: Pass, message: string): void => {
    const trip = breaker.failed(pass.probe)
    if (trip?.kind === 'pause') gate.close('outage', trip.waitMs)
    else if (trip?.kind === 'give_up') {
      parts.onStop('outage', `${message}, for ${showSeconds(trip.outageMs)}`)
    } else if (pass.probe) gate.probeAgain()
  }
  const changed = (): void => {
    parts.onLimit(concurrency.limit)
    pacer.pump()
  }

  return {
    get limit() {
      return concurrency.limit
    },
    get tokenLimit() {
      return limiter.tokenLimit
    },
    enter: tokens => pacer.enter(tokens),
    answered(pass, headers) {
      learn(pass, headers)
      alive(pass)
      limiter.answered(pass.ticket, pacer.waiting)
      concurrency.answered(parts.inFlight())
      changed()
    },
    failed(pass, failure) {
      const { code, message, headers } = failure
      if (headers !== undefined) learn(pass, headers)
      const kind = failureClassOf(code)
      if (kind === 'refused' || kind === 'never-sent') limiter.settle(pass.ticket, 0)
      if (kind === 'refused') {
        breaker.succeeded(pass.probe)
        throttle(pass, failure)
      } else if (outageCodes.has(code)) out(pass, message)
      else if (headers !== undefined) alive(pass)
      else if (pass.probe) gate.probeAgain()
      if (rowsOwn.has(code)) concurrency.answered(parts.inFlight())
      if (code === 'too_many_sockets') concurrency.throttled('rate', parts.inFlight())
      changed()
    },
    used(pass, tokens) {
      limiter.settle(pass.ticket, tokens)
      pacer.pump()
    },
    worked() {
      refusals = 0
    },
    dropped(pass) {
      limiter.settle(pass.ticket, 0)
      if (pass.probe) gate.probeAgain()
      pacer.pump()
    },
    hold: () => pacer.hold(),
    close: () => pacer.close(),
  }
}
