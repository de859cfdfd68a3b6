import type { ProgressMode } from './progress.js'

/** What a person sees of a session. */
export interface Viewing {
  readonly progress: ProgressMode
  readonly quiet: boolean
}

/** How progress is shown: not at all in quiet. */
export const progressModeOf = ({ progress, quiet }: Viewing): ProgressMode => (quiet ? 'none' : progress)
