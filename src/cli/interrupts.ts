import type { EndSignals } from '../commands/interrupted.js'
import type { Notify } from '../commands/ports.js'

/** What a session is about: a signal means something else before, during and after the sending. */
type Phase = 'reading' | 'sending' | 'writing'

/** The ways of ending early, each signal one step further: the three signals of a run are aborted one after the other. */
export interface Interrupts extends EndSignals {
  readonly signal: AbortSignal
  readonly abandonSignal: AbortSignal
  readonly dropSignal: AbortSignal
  /** Follows a session's own words, so that signals are understood as what they mean at the moment. */
  follow(notify: Notify): Notify
  /** The exit status that the signal asks for; undefined when none came. */
  exitStatus(): number | undefined
  /** Stops listening. */
  stop(): void
}

/** 128 + the signal's number, as a shell reports it. */
const exitStatuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** What each Ctrl-C is answered with. A later one than these is only obeyed. */
const words: Readonly<Record<Phase, readonly string[]>> = {
  reading: ['Stopping; nothing has been sent'],
  sending: [
    'Finishing what is in flight; press Ctrl-C again to abandon it',
    'Abandoning what is in flight; press Ctrl-C again to leave the results unwritten too',
  ],
  writing: [
    'Writing the results; press Ctrl-C again to leave them as they were',
    'Leaving the results as they were; every answer is in the journal',
  ],
}

/** Listens for Ctrl-C and its kin. Nothing is ever cut off by `process.exit`: the run ends, and so does the process. */
export const listenForInterrupts = (from: NodeJS.Process, say: (text: string) => void): Interrupts => {
  const drain = new AbortController()
  const abandon = new AbortController()
  const drop = new AbortController()
  let phase: Phase = 'reading'
  let status: number | undefined
  let count = 0
  const signals = Object.keys(exitStatuses) as (keyof typeof exitStatuses)[]
  const handlers = signals.map(name => {
    const handle = (): void => {
      count += 1
      status ??= exitStatuses[name]
      const told =
        words[phase][count - 1] ?? (phase === 'writing' && !drop.signal.aborted ? words.writing[1] : undefined)
      if (told !== undefined) say(told)
      drain.abort()
      if (count > 1) abandon.abort()
      if (count > 2 || (count > 1 && phase === 'writing')) drop.abort()
    }
    from.on(name, handle)
    return () => void from.off(name, handle)
  })
  return {
    signal: drain.signal,
    abandonSignal: abandon.signal,
    dropSignal: drop.signal,
    follow: notify => ({
      ...notify,
      onSending(progress) {
        phase = 'sending'
        notify.onSending?.(progress)
      },
      onWriting() {
        phase = 'writing'
        notify.onWriting?.()
      },
    }),
    exitStatus: () => status,
    stop() {
      for (const off of handlers) off()
    },
  }
}
