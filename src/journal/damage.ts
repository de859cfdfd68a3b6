import path from 'node:path'
import { PromptmillError } from '../core/errors.js'
import { segmentName } from './segment.js'

/** Where a journal cannot be read as it was written. */
export interface Damage {
  readonly folder: string
  readonly segment: number
  /** Line of the segment, counted from 1; left out when only the place is known. */
  readonly line?: number
  /** Byte offset of the line. */
  readonly offset: number
  readonly reason: string
}

/** A record is damaged and good ones follow, or one is missing: skipping it silently would be to pay for it twice. */
export const journalDamaged = ({ folder, segment, line, offset, reason }: Damage): PromptmillError => {
  const name = segmentName(segment)
  const place = line === undefined ? `byte ${offset}` : `line ${line} (byte ${offset})`
  return new PromptmillError('journal_damaged', `${path.join(folder, name)}, ${place}: ${reason}`, {
    hint: `Nothing was changed. Restore ${name} from a backup, or give: promptmill status ${folder} --journal --repair. That moves what is damaged aside and keeps everything else`,
  })
}
