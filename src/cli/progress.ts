import type { Notify, Progress } from '../commands/ports.js'
import type { RunResult } from '../commands/run.js'
import type { Clock } from '../core/clock.js'
import type { terminalOptions } from '../core/options.js'
import { showNote } from './note.js'
import { createBarView } from './progress-bar.js'
import { createEventView } from './progress-events.js'
import { createLineView } from './progress-line.js'
import { createPaceMeter } from './progress-pace.js'
import type { ProgressView } from './progress-view.js'
import type { Terminal } from './terminal.js'

export type ProgressMode = (typeof terminalOptions.progress.choices)[number]

/** Progress on standard error, from `createProgress` to `close`. */
export interface ProgressDisplay {
  /** To be given to a use case. `onOutcome` is there only if rows are shown: it costs a reading of each. */
  readonly notify: Notify
  /** Writes a line that stays, above whatever is redrawn in place. */
  say(line: string): void
  /** Tells what the session came to, in place of totals for people. There for machines alone. */
  readonly onResult?: (result: RunResult) => void
  /** Takes away what is redrawn in place and stops all timers: nothing keeps the process alive. */
  close(): void
}

interface ProgressPorts {
  readonly terminal: Terminal
  readonly clock: Clock
}

const chooseView = (mode: ProgressMode, terminal: Terminal): ProgressView | undefined => {
  switch (mode) {
    case 'auto':
      return chooseView(terminal.stderrIsTty && terminal.env['TERM'] !== 'dumb' ? 'bar' : 'plain', terminal)
    case 'bar':
      return createBarView(terminal)
    case 'plain':
      return createLineView(terminal)
    case 'json':
      return createEventView(terminal)
    case 'none':
      return undefined
    default:
      return mode satisfies never
  }
}

/** Calls again and again until the returned function is called. */
const repeat = (clock: Clock, everyMs: number, call: () => void): (() => void) => {
  let cancel: () => void
  const arm = (): void => {
    cancel = clock.after(everyMs, () => {
      arm()
      call()
    })
  }
  arm()
  return () => cancel()
}

/** Shows the snapshots of one sending; the returned function ends it. */
const showSending = (view: ProgressView, clock: Clock, progress: () => Progress): (() => void) => {
  const measure = createPaceMeter(clock.now())
  const stop = repeat(clock, view.everyMs, () => view.show(measure(progress(), clock.now())))
  return () => {
    stop()
    view.end(measure(progress(), clock.now()))
  }
}

const nothing = (): void => {}

/** Notices are told in every mode; in `none` that is all there is. */
const createSilence = (terminal: Terminal): ProgressDisplay => ({
  notify: { onNotice: text => terminal.say(showNote(terminal, text)) },
  say: line => terminal.say(line),
  close: nothing,
})

/** Shows how a session goes, on standard error. `auto` is the bar in a terminal that can redraw, else plain lines. */
export const createProgress = (mode: ProgressMode, { terminal, clock }: ProgressPorts): ProgressDisplay => {
  const view = chooseView(mode, terminal)
  if (view === undefined) return createSilence(terminal)
  const { onPlan, onRetry, onOutcome, onResult, say } = view
  let endSending = nothing
  const close = (): void => {
    endSending()
    endSending = nothing
  }
  return {
    notify: {
      onNotice: view.note ?? (text => say(showNote(terminal, text))),
      ...(onPlan && { onPlan }),
      ...(onRetry && { onRetry }),
      ...(onOutcome && { onOutcome }),
      onSending(progress) {
        endSending = showSending(view, clock, progress)
      },
      onSent: close,
    },
    say,
    ...(onResult && { onResult }),
    close,
  }
}
