import type { Row, RowFault } from '../../core/model.js'
import type { Input } from '../../input/open.js'
import { createKeyTable } from '../../journal/key-table.js'
import { type AddedShape, toSelected } from '../../output/columns.js'
import type { Draft, Drafts } from '../../prompt/drafts.js'
import { unknownColumn } from '../../prompt/template.js'
import { stopReading } from '../interrupted.js'
import type { PlanCounts, RowCounts } from '../ports.js'
import { createColumns } from './columns.js'
import { type CopyList, createCopyList } from './copy-list.js'
import { createEquals } from './equals.js'
import { createFaults, type FaultGroup } from './faults.js'
import type { KeptRequests } from './kept-requests.js'
import { hashText } from './places.js'
import type { Recollection, Remembered } from './recall.js'
import { createIdReader, createShortIdReader, namePlace, placeOf } from './row-name.js'
import { createRowTable, type RowTable } from './row-table.js'

/** Every row of the input, read once before anything is sent. */
export interface Plan {
  readonly table: RowTable
  readonly counts: RowCounts
  readonly faults: readonly FaultGroup[]
  /** The results' own columns: a table's header, or the keys of all JSONL rows in order of appearance. */
  readonly columns: readonly string[]
  /** The models that rows are to be sent to. */
  readonly models: ReadonlySet<string>
  /** Rows that alone are to be sent, for a sample; undefined: all that are unsent. */
  readonly only?: ReadonlySet<number> | undefined
  /** The requests of the rows that are to be sent, where they were kept. */
  readonly kept?: KeptRequests | undefined
  /** Requests that answer several rows. */
  readonly copies: CopyList
  /** Rows that were chosen to be sent again, but not with other settings: no request can be made with those. */
  readonly unsendable: readonly FaultGroup[]
  /** Rows that are neither settled nor to be sent in this session. */
  readonly left: number
  /** How many of the rows that are sent again have which error code. */
  readonly againCodes: ReadonlyMap<string, number>
  /** Rows to be sent again on which the other settings have no effect. */
  readonly unchanged: number
  /** Rows without an outcome that the journal knows nothing of: how many, and the hashes of their ids where rows have some. */
  readonly fresh: number
  readonly freshIds: readonly number[]
  /** How many requests were marked as removed and are back. */
  readonly restored: number
  /** Whether the input is a part of a file, so that what is not in it need not be gone. */
  readonly partial: boolean
}

/** A plan, compared with what the journal knows of the input. */
export interface ComparedPlan extends Plan {
  readonly counts: PlanCounts
}

/** A plan needs to know how rows become requests, what is in the journal, and which rows to send. */
export interface PlanOptions {
  readonly drafts: Drafts
  readonly memory: Recollection
  /** What the results add to a row. */
  readonly added: AddedShape
  /** Column that names a row in messages. */
  readonly idColumn: string | undefined
  /** Whether equal requests are sent once. */
  readonly dedupe: boolean
  /** Another choice of rows than those without an answer. */
  readonly retrial?: PlanRetrial | undefined
  /** Looks on while the rows are read: this is how requests are counted without a second reading. */
  readonly watch?: PlanWatch | undefined
  /** Takes the requests that are to be sent. */
  readonly kept?: KeptRequests | undefined
  /** Once aborted, nothing more is read. */
  readonly signal?: AbortSignal | undefined
}

/** Settled rows are sent again, by what became of them, and no others: that is all that `retry` is. */
export interface PlanRetrial {
  /** Tells how often a settled row was sent, and with what error, if it is to be sent again. */
  again(remembered: Remembered): { readonly attempts: number; readonly code: string | undefined } | undefined
  /** Makes what is sent for them, where that is another request than the row's own. */
  readonly drafts: Drafts | undefined
}

/** What a plan tells while it is made. */
export interface PlanWatch {
  readonly onRow?: (row: Row) => void
  /** A row that no request can be made from. */
  readonly onFault?: (row: Row, fault: RowFault) => void
  /** A row that will be sent, with its request. `repeats`: an earlier row has the very same request. */
  readonly onPending?: (draft: Draft, repeats: boolean) => void
  /** Awaited after some hundred rows, before more are read. `share` is the part of the file that is read, from 0 to 1. */
  readonly onBatch?: (share: number) => Promise<void> | void
}

/**
 * Reads the whole input and decides for each row: reuse what the journal has, send, or fail. Sends nothing.
 * @throws PromptmillError for an input that cannot be read, or a column name that the results need; `interrupted`
 */
export const planRows = async (input: Input, options: PlanOptions): Promise<Plan> => {
  const { drafts, memory } = options
  if (options.idColumn !== undefined && input.form === 'table' && !input.columns.includes(options.idColumn)) {
    throw unknownColumn('--id-column', options.idColumn, input.columns)
  }
  // A table's columns are known: a name that is wrong is found before the first row is read.
  if (input.form === 'table') toSelected(options.added, input.columns)
  const table = createRowTable()
  const readId = createIdReader(input.columns, options.idColumn)
  const readShortId = createShortIdReader(input.columns, options.idColumn)
  const faults = createFaults(row => namePlace({ ...placeOf(input, row), id: readId(row) }))
  const columns = createColumns(input, options.added)
  const seen = createKeyTable()
  const copies = createCopyList()
  const equals = options.dedupe ? createEquals({ table, memory, copies }) : undefined
  let restored = 0
  const { onRow, onFault, onPending, onBatch } = options.watch ?? {}
  const models = new Set<string>()
  let rows = 0
  let faulty = 0
  let reused = 0
  let moved = 0
  let fresh = 0
  const freshIds: number[] = []
  let share = 0

  const addFresh = (row: Row): void => {
    fresh += 1
    // Ids are compared with those of the journal alone.
    const id = memory.lastRun === undefined ? undefined : readShortId(row)
    if (id !== undefined) freshIds.push(hashText(id))
  }
  const unsettled = options.retrial === undefined ? 'pending' : 'left'
  const unsendable = createFaults(row => namePlace({ ...placeOf(input, row), id: readId(row) }))
  const againCodes = new Map<string, number>()
  let unchanged = 0
  let left = 0
  let toOther: Drafts['toDraft'] | undefined
  /** The request that is sent in place of the row's own. */
  const replace = (row: Row, own: Draft): Draft | undefined => {
    const other = toOther?.(row)
    if (other === undefined) return own
    if (other.fault !== undefined) {
      unsendable.add(row, other.fault)
      return undefined
    }
    if (other.key === own.key) unchanged += 1
    return other
  }
  const place = (row: Row, toDraft: Drafts['toDraft']): void => {
    rows += 1
    table.skipTo(row.index)
    columns.see(row)
    onRow?.(row)
    const draft = toDraft(row)
    if (draft.fault !== undefined) {
      faulty += 1
      faults.add(row, draft.fault)
      onFault?.(row, draft.fault)
      table.push('faulty', 0)
      return
    }
    const nth = seen.get(draft.key, 0) ?? 0
    seen.set(draft.key, 0, nth + 1)
    const remembered = memory.find(draft.key, nth)
    if (remembered !== undefined && memory.isRemoved(draft.key, nth)) restored += 1
    if (equals?.place(draft, nth, remembered) === true) return
    const settled = remembered?.settled === true
    const again = settled ? options.retrial?.again(remembered) : undefined
    const sent = settled ? again?.attempts : remembered?.attempts
    const toSend = settled && sent !== undefined ? replace(row, draft) : draft
    const state = settled ? (sent === undefined || toSend === undefined ? 'settled' : 'again') : unsettled
    table.push(state, nth)
    if (draft.complete !== undefined) table.setKey(row.index, draft.key)
    if (state === 'left') left += 1
    if (state === 'again' && again?.code !== undefined)
      againCodes.set(again.code, (againCodes.get(again.code) ?? 0) + 1)
    for (const position of remembered?.positions ?? []) table.addPosition(row.index, position)
    if (state === 'settled') {
      reused += 1
      if (!memory.isAt(row.index, draft.key, nth)) moved += 1
    }
    if (remembered === undefined) addFresh(row)
    if (sent !== undefined && state !== 'settled') table.setAttempts(row.index, sent)
    if (toSend === undefined || !table.isUnsent(row.index)) return
    models.add(toSend.model)
    options.kept?.keep(toSend, readShortId(row))
    onPending?.(toSend, nth > 0)
  }

  const onShare = (read: number): void => {
    share = read
  }
  for await (const batch of input.rows(onShare)) {
    // A small input is read to its end: then there are results to be written, of what was there before.
    if (table.rows > 0) stopReading(options.signal)
    const { toDraft } = await drafts.prepare(batch)
    toOther = (await options.retrial?.drafts?.prepare(batch))?.toDraft
    for (const row of batch) place(row, toDraft)
    await onBatch?.(share)
  }
  toSelected(options.added, columns.names())
  return {
    table,
    kept: options.kept,
    faults: faults.groups(),
    columns: columns.names(),
    models,
    unsendable: unsendable.groups(),
    againCodes,
    unchanged,
    left,
    fresh,
    freshIds,
    restored,
    copies,
    partial: input.partial,
    counts: { rows, reused, moved, pending: table.unsent, faulty, copies: copies.rows },
  }
}
