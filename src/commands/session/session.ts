import { PromptmillError } from '../../core/errors.js'
import type { Price } from '../../core/outcome.js'
import { createRecordReader } from '../../journal/reader.js'
import type { PriceBook } from '../../pricing/price-book.js'
import type { Draft, Drafts } from '../../prompt/drafts.js'
import { checkAllAnew, checkEdited, findChange } from '../plan/changed-settings.js'
import { checkColumns } from '../plan/columns.js'
import { checkFaults } from '../plan/faults.js'
import { compareInput } from '../plan/input-changes.js'
import { createKeptRequests } from '../plan/kept-requests.js'
import { type ComparedPlan, type PlanWatch, planRows } from '../plan/plan.js'
import type { Recollection } from '../plan/recall.js'
import { namePlace } from '../plan/row-name.js'
import type { Notify, Ports } from '../ports.js'
import { type Cap, openCap } from './budget.js'
import { type Job, openJob } from './job.js'
import { openDrafts } from './open-drafts.js'
import { describePlan } from './plan-notices.js'
import { createDailyPrice } from './price.js'
import { loadPrices } from './prices.js'
import { openOtherDrafts, type Retrial, toPlanRetrial } from './retrial.js'
import { addedShape, type RunOptions, type RunSettings, toRunSettings } from './settings.js'

/** One session of a run: what its steps share. */
export interface Session {
  readonly options: RunOptions
  readonly settings: RunSettings
  readonly ports: Ports
  readonly notify: Notify
  readonly job: Job
  readonly drafts: Drafts
  readonly prices: PriceBook
  readonly price: Price
  /** What `--max-cost` allows; undefined without it. */
  readonly cap: Cap | undefined
  /** Another choice of rows, and what is sent for them. */
  readonly retrial: Retrial | undefined
  readonly otherDrafts: Drafts | undefined
}

/** @throws PromptmillError `bad_flag` */
const checkSpreadsheet = ({ excel }: RunSettings, { place }: Job): void => {
  if (!excel || place.format !== 'jsonl') return
  throw new PromptmillError('bad_flag', '--excel is for CSV and TSV, and these results are JSONL', {
    hint: 'Leave it out, or give an --output that ends in .csv',
  })
}

/**
 * Checks the options, opens input and run folder, compiles the templates.
 * @throws PromptmillError before anything is sent, and leaves nothing behind
 */
export const openSession = async (
  options: RunOptions,
  ports: Ports,
  { notify, retrial }: { notify: Notify; retrial: Retrial | undefined },
): Promise<Session> => {
  const given = await toRunSettings(options, ports.env)
  const job = await openJob(options.input, given)
  try {
    const settings = { ...given, excel: options.excel ?? job.earlier?.settings['excel'] === true }
    checkSpreadsheet(settings, job)
    const drafts = await openDrafts(settings, job.source)
    const otherDrafts = await openOtherDrafts(retrial, job.source)
    const prices = await loadPrices(settings.prices, job.folder)
    const cap = await openCap(settings, { book: prices, ports, notify })
    const price = createDailyPrice(prices)
    return { options, settings, ports, notify, job, drafts, prices, price, cap, retrial, otherDrafts }
  } catch (error) {
    await job.close()
    throw error
  }
}

/** Lets several look on. */
const joinWatches = (one: PlanWatch | undefined, other: PlanWatch | undefined): PlanWatch => ({
  onPending(draft, repeats) {
    one?.onPending?.(draft, repeats)
    other?.onPending?.(draft, repeats)
  },
  async onBatch(share) {
    await one?.onBatch?.(share)
    await other?.onBatch?.(share)
  },
})

/**
 * Reads the whole input, checks every row, and decides which to send.
 * @throws PromptmillError when rows, columns or changed settings forbid to go on
 */
export const planSession = async (session: Session, memory: Recollection, look?: PlanWatch): Promise<ComparedPlan> => {
  const { job, settings, drafts, notify, price, cap, otherDrafts } = session
  const { input } = job.source
  const { idColumn, dedupe } = settings
  const reader = createRecordReader(job.folder)
  const source = { reader, price, judge: settings.judge }
  const retrial = session.retrial && toPlanRetrial(session.retrial, otherDrafts, source)
  // A cap needs the worst case of every request: one that has none is found before anything is sent.
  const capWatch = cap && {
    onPending: ({ model, body, row, line }: Draft): void =>
      cap.worstCases.check(model, body, () => namePlace({ row: row + 1, line, source: input.sourceOf(row) })),
  }
  const watch = joinWatches(capWatch, look)
  const { signal } = session.options
  // What a retry sends is not always the row's own request.
  const kept = otherDrafts === undefined ? createKeptRequests(input.bytes) : undefined
  const options = { drafts, memory, added: addedShape(settings), idColumn, dedupe, retrial, watch, kept, signal }
  try {
    const plan = await planRows(input, options)
    checkColumns(plan, input, settings)
    checkFaults(plan, input, settings.badRows)
    const change = findChange(settings, job.earlier)
    checkAllAnew(change, plan, memory)
    const counts = { ...plan.counts, ...compareInput(plan, memory, reader) }
    checkEdited(change, counts, memory)
    for (const text of describePlan(session, plan, memory)) notify.onNotice?.(text)
    notify.onPlan?.(counts)
    return { ...plan, counts }
  } finally {
    reader.close()
  }
}
