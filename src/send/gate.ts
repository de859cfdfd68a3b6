import type { HoldReason } from './contract.js'

type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly reason: HoldReason; readonly untilMs: number }
  /** One send is under way to find out whether the endpoint takes requests again. */
  | { readonly kind: 'probing'; readonly reason: HoldReason }

export interface GateHold {
  /** Infinity while a probe is under way. */
  readonly waitMs: number
  readonly reason: HoldReason
}

/** Stops all sends at once. After a closing one send goes through alone, and its end decides for all. */
export interface Gate {
  hold(): GateHold | undefined
  /** A send goes through. True when it is the probe. */
  pass(): boolean
  /** Closed for so long from now; a longer closing stands. A probe that is under way no longer counts. */
  close(reason: HoldReason, waitMs: number): void
  /** The probe came back well. */
  open(): void
  /** The probe said nothing about the endpoint: the next send is one. */
  probeAgain(): void
}

const open: State = { kind: 'open' }

export const createGate = (now: () => number): Gate => {
  let state: State = open
  return {
    hold() {
      if (state.kind === 'open') return undefined
      if (state.kind === 'probing') return { waitMs: Infinity, reason: state.reason }
      const waitMs = state.untilMs - now()
      return waitMs <= 0 ? undefined : { waitMs, reason: state.reason }
    },
    pass() {
      if (state.kind !== 'closed') return false
      state = { kind: 'probing', reason: state.reason }
      return true
    },
    close(reason, waitMs) {
      const untilMs = now() + waitMs
      if (state.kind !== 'closed' || state.untilMs < untilMs) state = { kind: 'closed', reason, untilMs }
    },
    open() {
      state = open
    },
    probeAgain() {
      if (state.kind === 'probing') state = { kind: 'closed', reason: state.reason, untilMs: now() }
    },
  }
}
