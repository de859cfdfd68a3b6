import { PromptmillError } from '../core/errors.js'
import { fingerprintFile, type InputFingerprint, looksUnchanged, sameFingerprint } from './fingerprint.js'
import type { Input } from './open.js'

/** Rows of two states of a file must never be mixed: what was planned, what is sent and what is written are one file. */
const inputChanged = (name: string, cause?: unknown): PromptmillError =>
  new PromptmillError('input_changed', `${name} changed while it was read`, {
    hint: 'Nothing is lost. When the file is at rest, the same command goes on and sends what is new',
    cause,
  })

/** An input that is read several times and has to be the same file each time. */
export interface SteadyInput extends Input {
  /** Looks at size and time alone: cheap enough to ask between batches. @throws PromptmillError `input_changed` */
  check(): Promise<void>
}

/**
 * Holds an input to the state in which it was opened: every pass over its rows ends with a look at the whole
 * fingerprint. A fault that is found in a file that somebody is writing to is told as the change that it is.
 * @throws PromptmillError `input_changed`, from the rows, after all of them
 */
export const keepSteady = (input: Input, fingerprint: InputFingerprint): SteadyInput => {
  const isSame = async (): Promise<boolean> => {
    const now = await fingerprintFile(input.path).catch(() => undefined)
    return now !== undefined && sameFingerprint(now, fingerprint)
  }
  async function* rows(...[onShare]: Parameters<Input['rows']>): ReturnType<Input['rows']> {
    try {
      yield* input.rows(onShare)
    } catch (error) {
      throw (await isSame()) ? error : inputChanged(input.name, error)
    }
    if (!(await isSame())) throw inputChanged(input.name)
  }
  return {
    ...input,
    rows,
    async check() {
      if (!(await looksUnchanged(input.path, fingerprint))) throw inputChanged(input.name)
    },
  }
}
