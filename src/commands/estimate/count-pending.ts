import { createCounting, type OnSize } from '../../pricing/counting.js'
import type { Draft } from '../../prompt/drafts.js'
import { type Plan, type PlanRetrial, planRows } from '../plan/plan.js'
import { addedShape } from '../session/settings.js'
import type { Survey } from './survey.js'

/** How far the counting is. */
export interface CountingProgress {
  /** The part of the file that is read, from 0 to 1. */
  readonly share: number
  /** Requests measured. */
  readonly requests: number
  readonly promptTokens: number
}

/** A request to be counted. */
export interface PendingDraft {
  readonly draft: Draft
  readonly body: string
  /** An earlier row has the very same request. */
  readonly repeats: boolean
}

export interface CountHooks {
  readonly onSize: OnSize<PendingDraft>
  readonly onCounting?: ((progress: CountingProgress) => void) | undefined
  /** Threads to count in; as many as there are cores unless given. */
  readonly threads?: number | undefined
  /** Another choice of rows than those without an answer. */
  readonly retrial?: PlanRetrial | undefined
}

/**
 * Plans the rows as a run does and measures the requests of those it would send, all in one reading. Memory does not
 * grow with the file.
 * @throws PromptmillError as the planning does
 */
export const countPending = async (
  surveyed: Survey,
  { onSize, onCounting, threads, retrial }: CountHooks,
): Promise<Plan> => {
  const { input, drafts, memory, settings } = surveyed
  let batch: PendingDraft[] = []
  let requests = 0
  let promptTokens = 0
  const counting = createCounting<PendingDraft>(
    (pending, size) => {
      requests += 1
      promptTokens += size.promptTokens
      onSize(pending, size)
    },
    { threads },
  )
  const onBatch = async (share: number): Promise<void> => {
    const full = batch
    batch = []
    await counting.add(full)
    onCounting?.({ share, requests, promptTokens })
  }
  const { idColumn, dedupe } = settings
  const onPending = (draft: Draft, repeats: boolean): void => void batch.push({ draft, body: draft.body, repeats })
  const watch = { onPending, onBatch }
  try {
    const plan = await planRows(input, {
      drafts,
      memory,
      added: addedShape(settings),
      idColumn,
      dedupe,
      retrial,
      watch,
    })
    await counting.finish()
    return plan
  } finally {
    await counting.close()
  }
}
