import { type Clock, systemClock } from '../core/clock.js'
import { createPricer } from '../pricing/cost.js'
import { loadPriceBook } from '../pricing/price-book.js'
import { createChat } from './chat.js'
import { startHttpServer } from './http-server.js'
import type { Ledger, LedgerCall } from './ledger.js'
import { createMeters } from './meters.js'
import { type SimulatorOptions, toSimulatorSettings } from './options.js'
import type { Respond } from './scripted.js'
import { type Desk, serve } from './serve.js'
import { createSession } from './session.js'

/** A simulator that listens. */
export interface Simulator {
  /** The base URL to give to a client: `http://127.0.0.1:PORT/v1`. */
  readonly url: string
  readonly port: number
  /** The totals, as `GET /ledger` gives them. */
  ledger(): Ledger
  /** The calls one by one, oldest first, as `GET /ledger/calls` gives them. */
  calls(): readonly LedgerCall[]
  /** Forgets all: ledger, limits, cache and how often a request was asked. As `POST /ledger`. */
  reset(): void
  /** Stops listening, drops every connection, and resolves once all is closed. */
  close(): Promise<void>
}

/** For tests. */
export interface SimulatorHooks {
  /** Says what becomes of certain calls; the rest is served as ever. */
  readonly respond?: Respond
  /** Time for latency, limits and the ledger. */
  readonly clock?: Clock
}

/**
 * Starts a local endpoint that speaks the chat API, on 127.0.0.1 alone: to rehearse a run without a key or a cent, and
 * to test against. Its answers follow from model, messages and seed; limits, latency and faults from the options. Its
 * ledger says what it was asked and what it charged.
 *
 * `hooks.respond` lets a test, of promptmill or of a program that uses it, play any reply on any call.
 * @throws PromptmillError `bad_flag` for an option out of range or a port that is taken
 */
export const startSimulator = async (
  options: SimulatorOptions = {},
  hooks: SimulatorHooks = {},
): Promise<Simulator> => {
  const settings = toSimulatorSettings(options)
  const clock = hooks.clock ?? systemClock
  const meters = createMeters()
  // The usual encoding is loaded beforehand, or the first call would wait for it.
  const [book] = await Promise.all([loadPriceBook(), meters.load('gpt-4o')])
  const price = createPricer(book, new Date(clock.wall()))
  let session = createSession(settings, clock)
  const reset = (): void => {
    session = createSession(settings, clock)
  }
  const chat = createChat({ settings, clock, price, meters, respond: hooks.respond })
  const desk: Desk = { settings, chat, reset, session: () => session }
  const { port, close } = await startHttpServer((req, res) => serve(req, res, desk), settings)
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    ledger: () => session.ledger.totals(),
    calls: () => [...session.ledger.calls()],
    reset,
    close,
  }
}
