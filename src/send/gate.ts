import type { HoldReason } from './contract.js'

type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly reason: HoldReason; readonly untilMs: number; readonly probe: boolean }
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
  /**
   * Closed for so long from now; a longer closing stands. A probe that is under way no longer counts. Without `probe`
   * it opens for all when the time has come.
   */
  close(reason: HoldReason, waitMs: number, probe?: boolean): void
  /** The probe came back well. Without effect when the gate was closed again while it was under way. */
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
      if (!state.probe) {
        state = open
        return false
      }
      state = { kind: 'probing', reason: state.reason }
      return true
    },
    close(reason, waitMs, probe = true) {
      const untilMs = now() + waitMs
      if (state.kind !== 'closed') state = { kind: 'closed', reason, untilMs, probe }
      else if (state.untilMs < untilMs) state = { ...state, reason, untilMs, probe: probe || state.probe }
    },
    open() {
      if (state.kind === 'probing') state = open
    },
    probeAgain() {
      if (state.kind === 'probing') state = { kind: 'closed', reason: state.reason, untilMs: now(), probe: true }
    },
  }
}
