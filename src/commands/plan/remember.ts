import { PromptmillError } from '../../core/errors.js'
import { isSimulator } from '../../send/probe.js'
import type { RunSettings } from '../session/settings.js'
import { emptyRecollection, type RecallOptions, type Recollection, recall } from './recall.js'

/** What the journal has for this session. */
export interface Memory {
  readonly memory: Recollection
  /** Simulated answers are in the way of real ones: the journal is moved aside before anything is sent. */
  readonly setAside: boolean
  /** What this session's answers must be; undefined when there is nothing yet to agree with. */
  readonly expectSimulated: boolean | undefined
}

const isLoopback = (url: string): boolean => /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i.test(url)

/**
 * Recalls what earlier sessions have answered. A simulated answer never stands for a real one, nor the other way round:
 * a real run begins anew, and a rehearsal on top of real answers is refused.
 * @throws PromptmillError `bad_output`, `journal_damaged`
 */
export const remember = async (folder: string, settings: RunSettings, options: RecallOptions = {}): Promise<Memory> => {
  const memory = await recall(folder, options)
  const { simulated } = memory
  if (settings.simulate && simulated === false) {
    throw new PromptmillError(
      'bad_output',
      'These results hold real answers, and --simulate would mix made-up ones in',
      {
        hint: 'Rehearse into another file: give another --output',
      },
    )
  }
  if (settings.simulate) return { memory, setAside: false, expectSimulated: true }
  if (simulated !== true) return { memory, setAside: false, expectSimulated: simulated }
  const still = isLoopback(settings.baseUrl) && (await isSimulator(settings.baseUrl))
  if (still) return { memory, setAside: false, expectSimulated: true }
  return { memory: emptyRecollection(), setAside: true, expectSimulated: undefined }
}
