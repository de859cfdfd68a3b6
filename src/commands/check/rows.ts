import { PromptmillError } from '../../core/errors.js'
import { failureTable } from '../../core/failures.js'
import type { Row, RowFault } from '../../core/model.js'
import { createCounting } from '../../pricing/counting.js'
import type { Draft } from '../../prompt/drafts.js'
import type { CountingProgress } from '../estimate/count-pending.js'
import { checkColumns } from '../plan/columns.js'
import { checkFaults } from '../plan/faults.js'
import { type PlanWatch, planRows } from '../plan/plan.js'
import { emptyRecollection } from '../plan/recall.js'
import { createIdReader } from '../plan/row-name.js'
import { openDrafts } from '../session/open-drafts.js'
import type { OpenedSource } from '../session/open-source.js'
import { addedShape, type RunSettings } from '../session/settings.js'
import type { Findings, FoundRow } from './findings.js'
import { createRepeatCheck, type Repeats } from './repeats.js'
import { findSizeFaults, findSizeNotes, needsCounting, type SizeLimits } from './sizes.js'

export interface CheckNotify {
  readonly onReading?: (progress: CountingProgress) => void
  /** Threads to count large prompts in; as many as there are cores unless given. */
  readonly threads?: number
}

/** What the rows are checked with. */
export interface Checking {
  readonly settings: RunSettings
  readonly source: OpenedSource
  readonly findings: Findings
  readonly limits: SizeLimits
  readonly notify: CheckNotify
}

/** Counts the tokens of requests that could be over a limit. */
const createSizeCheck = ({ findings, limits, notify }: Checking) => {
  let batch: { readonly body: string; readonly found: FoundRow }[] = []
  const counting = createCounting<(typeof batch)[number]>(
    ({ found }, size) => {
      const said = [...findSizeFaults(size, limits), ...findSizeNotes(size, limits)]
      for (const [text, detail] of said) findings.add(text, { ...found, detail })
    },
    { threads: notify.threads },
  )
  return {
    seeDraft(draft: Draft, found: FoundRow): void {
      if (needsCounting(draft, limits)) batch.push({ body: draft.body, found })
    },
    flush(): Promise<void> {
      const full = batch
      batch = []
      return counting.add(full)
    },
    async finish(): Promise<void> {
      try {
        await counting.finish()
      } finally {
        await counting.close()
      }
    },
  }
}

/** What keeps the rest of a file from being read, or its results from being written, is one more fault. */
const addRefusal = (findings: Findings, error: unknown): void => {
  if (!(error instanceof PromptmillError)) throw error
  const { code, message, hint } = error
  if (code !== 'bad_input' && code !== 'bad_template' && code !== 'bad_output') throw error
  findings.add({ code, kind: 'fault', message, hint })
}

/** What to do about images; other faults speak for themselves. */
const imageHints: Readonly<Partial<Record<RowFault['code'], string>>> = {
  image_missing: failureTable.image_missing.advice,
  image_invalid: failureTable.image_invalid.advice,
  image_too_large: failureTable.image_too_large.advice,
  image_outside: failureTable.image_outside.advice,
}

const nowhere: FoundRow = { row: 0, line: 0, source: null, id: null, detail: null }

/**
 * Reads all rows once, by the plan of a run that has answered nothing yet. Where the file can be read no further, what
 * was found before stands.
 * @returns how many rows there are, the models that they go to, and what of them is repeated
 */
export const checkRows = async (
  checking: Checking,
): Promise<{ rows: number; models: ReadonlySet<string>; repeats: Repeats }> => {
  const { settings, source, findings, notify } = checking
  // What a run goes on without is no fault of the file.
  const kind = settings.badRows === 'fail' ? 'note' : 'fault'
  const { input } = source
  const { idColumn } = settings
  const drafts = await openDrafts(settings, source)
  const readId = createIdReader(input.columns, idColumn)
  const repeats = createRepeatCheck(findings, settings.dedupe)
  const sizes = createSizeCheck(checking)
  const models = new Set<string>()
  let rows = 0
  let current = nowhere
  const watch: PlanWatch = {
    onRow(row: Row) {
      rows += 1
      const source = input.sourceOf(row.index) ?? null
      current = { row: row.index + 1, line: row.line, source, id: readId(row) ?? null, detail: null }
      repeats.seeRow(current)
    },
    onFault: (_row, { code, message, detail = null, hint = imageHints[code] }) =>
      findings.add({ code, kind, message, hint }, { ...current, detail }),
    onPending(draft) {
      models.add(draft.model)
      sizes.seeDraft(draft, current)
      repeats.seeDraft(draft, current)
    },
    async onBatch(share) {
      await sizes.flush()
      notify.onReading?.({ share, requests: rows, promptTokens: 0 })
    },
  }
  try {
    const options = { drafts, memory: emptyRecollection(), added: addedShape(settings), idColumn, dedupe: false, watch }
    const plan = await planRows(input, options)
    checkColumns(plan, input, settings)
    if (settings.badRows === 'fail') checkFaults(plan, input, 'fail')
  } catch (error) {
    addRefusal(findings, error)
  } finally {
    await sizes.finish()
  }
  return { rows, models, repeats: repeats.finish() }
}
