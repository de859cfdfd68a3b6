import { formatUsd } from '../core/money.js'
import { type Charge, createSums } from './charge.js'

/** `open`: in flight. `abandoned`: the client left before it had the answer. */
export type CallState = 'open' | 'answered' | 'refused' | 'failed' | 'abandoned'

/** One call, as `/ledger/calls` lists it. */
export interface LedgerCall {
  /** From 1, in order of arrival. */
  readonly n: number
  /** Milliseconds since the ledger was begun. */
  readonly at: number
  /** A hash of model and messages; null when the request could not be read. */
  readonly key: string | null
  readonly client_request_id: string | null
  /** What the key looked like: never the key. */
  readonly authorization: 'ok' | 'missing' | 'wrong'
  /** HTTP status; null while none was sent. */
  readonly status: number | null
  /** The option that asked for the fault, or `scripted`. */
  readonly fault: string | null
  /** Tokens charged. */
  readonly prompt_tokens: number
  readonly completion_tokens: number
  /** What was charged; null when the model's price is not known. */
  readonly cost_usd: string | null
  readonly state: CallState
}

/** The totals, as `/ledger` gives them. `calls` = answered + refused + failed + abandoned + in_flight. */
export interface Ledger {
  readonly calls: number
  readonly answered: number
  readonly refused: number
  readonly failed: number
  readonly abandoned: number
  readonly in_flight: number
  readonly max_in_flight: number
  /** These tokens and costs are of the answers whose usage the client was told: what it should report itself. */
  readonly prompt_tokens: number
  readonly cached_tokens: number
  readonly completion_tokens: number
  readonly reasoning_tokens: number
  /** Exact; the sum over all models whose price is known. */
  readonly cost_usd: string
  readonly cost_unknown_calls: number
  /** Answers paid for of which the client cannot know the usage: cut, stalled, abandoned, or none reported. */
  readonly charged_unseen: number
  readonly cost_usd_unseen: string
}

/** How a call ended. */
export interface Verdict {
  readonly state: Exclude<CallState, 'open'>
  readonly status: number | null
  readonly fault?: string | null
  readonly charge?: Charge | undefined
}

/** A call that the ledger has open. */
export interface Entry {
  readonly n: number
  readonly at: number
  readonly clientRequestId: string | null
  readonly authorization: LedgerCall['authorization']
  key: string | null
  state: CallState
  status: number | null
  fault: string | null
  charge: Charge | undefined
}

export interface LedgerBook {
  open(call: Pick<Entry, 'at' | 'clientRequestId' | 'authorization'>): Entry
  /** Ends a call, once. */
  settle(entry: Entry, verdict: Verdict): void
  /** A call that was answered, but the client left before it had everything: its charge becomes unseen. */
  lose(entry: Entry): void
  totals(): Ledger
  calls(): Iterable<LedgerCall>
}

const toLedgerCall = ({ charge, ...entry }: Entry): LedgerCall => ({
  n: entry.n,
  at: Math.round(entry.at),
  key: entry.key,
  client_request_id: entry.clientRequestId,
  authorization: entry.authorization,
  status: entry.status,
  fault: entry.fault,
  prompt_tokens: charge?.usage.promptTokens ?? 0,
  completion_tokens: charge?.usage.completionTokens ?? 0,
  cost_usd: charge === undefined ? '0' : charge.cost === undefined ? null : formatUsd(charge.cost),
  state: entry.state,
})

/** A ledger that keeps its first `mostCalls` calls one by one, and totals of all. */
export const createLedger = (mostCalls: number): LedgerBook => {
  const kept: Entry[] = []
  const states = { open: 0, answered: 0, refused: 0, failed: 0, abandoned: 0 }
  const sums = createSums()
  let calls = 0
  let maxInFlight = 0
  return {
    open(call) {
      calls += 1
      const entry: Entry = { n: calls, ...call, key: null, state: 'open', status: null, fault: null, charge: undefined }
      states.open += 1
      maxInFlight = Math.max(maxInFlight, states.open)
      if (kept.length < mostCalls) kept.push(entry)
      return entry
    },
    settle(entry, { state, status, fault = null, charge }) {
      states[entry.state] -= 1
      states[state] += 1
      Object.assign(entry, { state, status, fault, charge })
      sums.add(charge)
    },
    lose(entry) {
      states[entry.state] -= 1
      states.abandoned += 1
      entry.state = 'abandoned'
      sums.add(entry.charge, -1)
      entry.charge &&= { ...entry.charge, seen: false }
      sums.add(entry.charge)
    },
    totals: () => ({
      calls,
      answered: states.answered,
      refused: states.refused,
      failed: states.failed,
      abandoned: states.abandoned,
      in_flight: states.open,
      max_in_flight: maxInFlight,
      prompt_tokens: sums.seen.prompt,
      cached_tokens: sums.seen.cached,
      completion_tokens: sums.seen.completion,
      reasoning_tokens: sums.seen.reasoning,
      cost_usd: formatUsd(sums.seen.cost),
      cost_unknown_calls: sums.seen.unknown,
      charged_unseen: sums.unseen.calls,
      cost_usd_unseen: formatUsd(sums.unseen.cost),
    }),
    *calls() {
      for (const entry of kept) yield toLedgerCall(entry)
    },
  }
}
