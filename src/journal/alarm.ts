import { PromptmillError } from '../core/errors.js'
import { describeCause, diskFailure, remedyFor } from './disk-failure.js'

/** Tells that the disk failed: once at the first sign of it, and in its last words when nothing helped. */
export interface Alarm {
  /** Undefined while all is well; afterwards the latest word. */
  readonly failure: PromptmillError | undefined
  /** Resolves at the first failure, with it. Stays pending when there is none. */
  readonly failed: Promise<PromptmillError>
  /** Something failed, and what is in flight may yet be saved. */
  raise(cause: unknown): void
  /** Nothing more can be written. Says where the rest is kept, or that it is not. */
  giveUp(cause: unknown, kept: { readonly path: string; readonly target: string } | undefined): PromptmillError
}

export const createAlarm = (folder: string): Alarm => {
  const what = `The journal in ${folder} cannot be written`
  let failure: PromptmillError | undefined
  const told: ((failure: PromptmillError) => void)[] = []
  const failed = new Promise<PromptmillError>(resolve => {
    told.push(resolve)
  })
  const tell = (word: PromptmillError): PromptmillError => {
    failure = word
    for (const resolve of told) resolve(word)
    return word
  }
  return {
    get failure() {
      return failure
    },
    failed,
    raise(cause) {
      if (failure !== undefined) return
      const hint = `Nothing more is sent; answers to what was sent are still kept. ${remedyFor(cause, 'Mend the disk')}, then give the same command again`
      tell(diskFailure(what, cause, hint))
    },
    giveUp(cause, kept) {
      const hint =
        kept === undefined
          ? 'The last answers could not be kept anywhere, the folder for temporary files failed too'
          : `The last records are in ${kept.path}. ${remedyFor(cause, 'Mend the disk')} and copy that file to ${kept.target} before you give the same command again`
      return tell(new PromptmillError('disk', `${what}: ${describeCause(cause)}`, { hint, cause }))
    },
  }
}
