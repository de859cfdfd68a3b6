import { PromptmillError } from '../core/errors.js'
import { fingerprintFile, type InputFingerprint, looksUnchanged, sameFingerprint } from './fingerprint.js'
import type { Input } from './open.js'

/** Rows of two states of a file must never be mixed: what was planned, what is sent and what is written are one file. */
const inputChanged = (name: string, cause?: unknown): PromptmillError =>
  new PromptmillError('input_changed', `${name} changed while it was read`, {
    hint: 'Nothing is lost. When the file is at rest, the same command goes on and sends what is new',
    cause,
  })

/** An input that is read several times and has to be the same files each time. */
export interface SteadyInput extends Input {
  /**
   * Looks at size and time of the file that a row comes from, by the row's index: cheap enough to ask between batches.
   * @throws PromptmillError `input_changed`
   */
  check(index: number): Promise<void>
}

const isSame = async (path: string, fingerprint: InputFingerprint): Promise<boolean> => {
  const now = await fingerprintFile(path).catch(() => undefined)
  return now !== undefined && sameFingerprint(now, fingerprint)
}

/**
 * Holds an input to the state in which it was opened: every pass over its rows ends with a look at the whole
 * fingerprint of each file. A fault that is found in a file that somebody is writing to is told as the change that it is.
 * @param fingerprints one for each file of the input
 * @throws PromptmillError `input_changed`, from the rows, after all of them
 */
export const keepSteady = (input: Input, fingerprints: readonly InputFingerprint[]): SteadyInput => {
  const held = input.files.map((file, place) => {
    const fingerprint = fingerprints[place]
    if (fingerprint === undefined) throw new RangeError(`${file.name} has no fingerprint`)
    return { ...file, fingerprint }
  })
  const findChanged = async (): Promise<string | undefined> => {
    for (const { path, name, fingerprint } of held) if (!(await isSame(path, fingerprint))) return name
    return undefined
  }
  async function* rows(...[onShare]: Parameters<Input['rows']>): ReturnType<Input['rows']> {
    try {
      yield* input.rows(onShare)
    } catch (error) {
      const changed = await findChanged()
      throw changed === undefined ? error : inputChanged(changed, error)
    }
    const changed = await findChanged()
    if (changed !== undefined) throw inputChanged(changed)
  }
  return {
    ...input,
    rows,
    async check(index) {
      const file = held[input.fileOf(index)]
      if (file !== undefined && !(await looksUnchanged(file.path, file.fingerprint))) throw inputChanged(file.name)
    },
  }
}
