/** The two ways of ending early: what a signal means the first and the second time. */
export interface Interrupts {
  /** Aborted by the first signal: start nothing more, keep what is in flight. */
  readonly signal: AbortSignal
  /** Aborted by the second: abandon what is in flight too. */
  readonly abandonSignal: AbortSignal
  /** The exit status that the signal asks for; undefined when none came. */
  exitStatus(): number | undefined
  /** Stops listening. */
  stop(): void
}

/** 128 + the signal's number, as a shell reports it. */
const exitStatuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Listens for Ctrl-C and its kin. Nothing is ever cut off by `process.exit`: the run ends, and so does the process. */
export const listenForInterrupts = (from: NodeJS.Process, onFirst: () => void): Interrupts => {
  const drain = new AbortController()
  const abandon = new AbortController()
  let status: number | undefined
  const signals = Object.keys(exitStatuses) as (keyof typeof exitStatuses)[]
  const handlers = signals.map(name => {
    const handle = (): void => {
      if (status === undefined) onFirst()
      else abandon.abort()
      status ??= exitStatuses[name]
      drain.abort()
    }
    from.on(name, handle)
    return () => void from.off(name, handle)
  })
  return {
    signal: drain.signal,
    abandonSignal: abandon.signal,
    exitStatus: () => status,
    stop() {
      for (const off of handlers) off()
    },
  }
}
