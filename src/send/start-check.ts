import type { FailureCode } from '../core/failures.js'

/** What becomes of a row whose fate was open: it fails, or it is left because the settings are at fault. */
export type Fate = 'fail' | 'leave'

/** So many rows refused alike, with no answer before, are no coincidence. */
const alike = 10

/** About what a row holds, however often they come: the endpoint read it, or it never left, so no setting is in doubt. */
export const rowsOwn: ReadonlySet<FailureCode> = new Set([
  'context_too_long',
  'content_policy',
  'image_missing',
  'image_invalid',
  'image_too_large',
  'image_outside',
  'image_changed',
])

/**
 * Keeps the first refused rows of a run from failing until it is clear that it is not the settings: a wrong parameter
 * must not cost ten thousand rows.
 */
export interface StartCheck {
  /** Rows whose fate is open. */
  readonly waiting: number
  /** What becomes of a row the endpoint would not take; a promise while that is open. */
  refused(failure: { readonly code: FailureCode; readonly message: string }): Fate | Promise<Fate>
  /** Nothing will come that could put the settings in doubt: an answer came, or no row is left to tell by. */
  pass(): void
  /** The run is stopping: whatever is open stays pending. */
  close(): void
}

export interface StartCheckParts {
  /** Told once, with what the endpoint said last. */
  readonly onMisconfigured: (message: string) => void
  /** A row more whose fate is open. */
  readonly onWaiting: () => void
}

export const createStartCheck = ({ onMisconfigured, onWaiting }: StartCheckParts): StartCheck => {
  let over = false
  let first: FailureCode | undefined
  let waiting: ((fate: Fate) => void)[] = []

  const end = (fate: Fate): void => {
    over = true
    for (const resolve of waiting) resolve(fate)
    waiting = []
  }

  return {
    get waiting() {
      return waiting.length
    },
    refused({ code, message }) {
      if (over || rowsOwn.has(code)) return 'fail'
      first ??= code
      if (code !== first) {
        end('fail')
        return 'fail'
      }
      if (waiting.length + 1 >= alike) {
        end('leave')
        onMisconfigured(message)
        return 'leave'
      }
      return new Promise(resolve => {
        waiting.push(resolve)
        onWaiting()
      })
    },
    pass() {
      if (!over) end('fail')
    },
    close() {
      if (!over) end('leave')
    },
  }
}
