import type { Clock } from '../../core/clock.js'
import type { Override, Request, Row, RowFault } from '../../core/model.js'
import type { SteadyInput } from '../../input/steady.js'
import type { Draft, Drafts } from '../../prompt/drafts.js'
import type { KeptRequest } from '../plan/kept-requests.js'
import type { Plan } from '../plan/plan.js'
import { createShortIdReader } from '../plan/row-name.js'
import type { Notify } from '../ports.js'
import type { CopyReports } from './copy-reports.js'
import type { RunSettings } from './settings.js'

/** What requests are made from. */
export interface RequestSource {
  readonly settings: RunSettings
  readonly input: SteadyInput
  readonly plan: Plan
  readonly drafts: Drafts
  /** Makes what is sent in place of the rows' own requests, and the settings in which it differs. */
  readonly otherDrafts: Drafts | undefined
  readonly override: Override | undefined
}

/** What names a request, and what is sent for it: a `retry` may send something else than the row's own request. */
interface Asked {
  readonly own: Draft
  readonly sent: Draft
  readonly nth: number
  readonly rowId: string | undefined
  readonly override: Override | undefined
}

/** Field by field: a spread with one more field costs some 40 µs of collection a row on Node 20. */
const toRequest = ({ own, sent, nth, rowId, override }: Asked): Request => ({
  row: own.row,
  line: own.line,
  path: sent.path,
  model: sent.model,
  body: sent.body,
  key: own.key,
  nth,
  rowId,
  override: sent.key === own.key ? undefined : override,
  complete: sent.complete,
})

const changed: RowFault = { code: 'image_changed', message: 'an image changed while the run was going on' }

/** The request of a row whose files are no longer those of the plan: under the key that it had, it fails unsent. */
const toFailing = (
  { index, line }: Row,
  fault: RowFault,
  planned: Pick<Request, 'key' | 'nth' | 'model' | 'rowId'>,
): Request => ({
  row: index,
  line,
  path: '',
  model: planned.model,
  body: '',
  key: planned.key,
  nth: planned.nth,
  rowId: planned.rowId,
  complete: () => Promise.resolve({ fault }),
})

/**
 * Few at a time: requests that wait for their turn outlive the young generation and are then collected late, which
 * costs memory and time.
 */
const requestsAtOnce = 32

/** Somebody who writes to the file is noticed within this time, at the price of ten system calls a second. */
const checkEveryMs = 100

/** The rows that were planned must be those that are sent: looks at the file of a row, by the row's index. */
const createInputCheck = (input: SteadyInput, clock: Clock) => {
  let dueMs = clock.now()
  return async (index: number): Promise<void> => {
    if (clock.now() < dueMs) return
    await input.check(index)
    dueMs = clock.now() + checkEveryMs
  }
}

/** Whether a row is to be sent in this session. */
const isAsked = ({ table, only }: Plan, row: number): boolean => table.isUnsent(row) && only?.has(row) !== false

/** Who looks on while requests are made. */
interface Lookers {
  readonly clock: Clock
  readonly ready: Notify['ready']
  readonly copies: CopyReports | undefined
}

/** The requests of the rows to be sent, as the plan has kept them. */
async function* keptRequests(
  kept: Iterable<KeptRequest>,
  { input, plan }: RequestSource,
  { clock, ready }: Lookers,
): AsyncGenerator<readonly Request[]> {
  const checkInput = createInputCheck(input, clock)
  let requests: Request[] = []
  for (const { row, line, path, model, body, key, rowId } of kept) {
    if (!isAsked(plan, row)) continue
    requests.push({ row, line, path, model, body, key, nth: plan.table.nth(row), rowId })
    if (requests.length < requestsAtOnce) continue
    await checkInput(row)
    await ready?.()
    yield requests
    requests = []
  }
  if (requests.length > 0) yield requests
}

/** The requests of the rows to be sent, read anew from the input, made when they are asked for. */
async function* readRequests(
  { settings, input, plan, drafts, otherDrafts, override }: RequestSource,
  { clock, ready, copies }: Lookers,
): AsyncGenerator<readonly Request[]> {
  const { table } = plan
  const { model = '' } = settings.requests
  const checkInput = createInputCheck(input, clock)
  const readId = createShortIdReader(input.columns, settings.idColumn)
  let requests: Request[] = []
  for await (const batch of input.rows()) {
    await checkInput(batch[0]?.index ?? 0)
    await ready?.()
    if (copies !== undefined) for (const row of batch) copies.see(row)
    const chosen = batch.filter(({ index }) => isAsked(plan, index))
    const { toDraft } = await drafts.prepare(chosen)
    const toOther = (await otherDrafts?.prepare(chosen))?.toDraft
    for (const row of chosen) {
      const own = toDraft(row)
      const sent = toOther === undefined ? own : toOther(row)
      const nth = table.nth(row.index)
      const key = table.key(row.index)
      const rowId = readId(row)
      if (own.fault === undefined && sent.fault === undefined && (key === undefined || key === own.key)) {
        requests.push(toRequest({ own, sent, nth, rowId, override }))
      } else if (key !== undefined) {
        requests.push(toFailing(row, own.fault ?? changed, { key, nth, model, rowId }))
      }
      if (requests.length < requestsAtOnce) continue
      yield requests
      requests = []
    }
  }
  if (requests.length > 0) yield requests
}

/** The requests of the rows to be sent, in batches, in the order of the rows. */
export const pendingRequests = (source: RequestSource, lookers: Lookers): AsyncGenerator<readonly Request[]> => {
  // Copies are told of as their rows come by, which those that are kept do not.
  const kept = lookers.copies === undefined ? source.plan.kept?.all() : undefined
  return kept === undefined ? readRequests(source, lookers) : keptRequests(kept, source, lookers)
}
