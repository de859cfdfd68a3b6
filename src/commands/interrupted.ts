import { PromptmillError } from '../core/errors.js'

/** How a caller tells a session to end early. */
export interface EndSignals {
  /** Aborting it starts no further request; what is in flight is awaited and kept. */
  readonly signal?: AbortSignal | undefined
  /** Aborting it also abandons what is in flight: whether those calls are billed is then unknown. */
  readonly abandonSignal?: AbortSignal | undefined
  /** Aborting it also leaves the results unwritten, as they were: every answer is in the journal. */
  readonly dropSignal?: AbortSignal | undefined
}

/** The session was told to end before its first request. */
export const interruptedReading = (): PromptmillError =>
  new PromptmillError('interrupted', 'Stopped before anything was sent', {
    hint: 'Nothing was changed. The same command begins anew',
  })

/** Ends a reading that would only prepare for what is not to be done any more. @throws PromptmillError `interrupted` */
export const stopReading = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true) throw interruptedReading()
}

/** Ends the writing of results. @throws PromptmillError `interrupted` */
export const stopWriting = (signal: AbortSignal | undefined, folder: string): void => {
  if (signal?.aborted !== true) return
  throw new PromptmillError(
    'interrupted',
    'Stopped before the results were written; what was there is left as it was',
    {
      hint: `Every answer is safe in ${folder}. The same command writes them`,
    },
  )
}
