import { type EndRecord, type JournalRecord, journalFormat, type RecordSink } from '../../core/records.js'
import { version } from '../../core/version.js'
import { openJournal } from '../../journal/open.js'
import { createRecordReader, type RecordReader } from '../../journal/reader.js'
import { setJournalAside } from '../../journal/set-aside.js'
import { byRow, type CallDoubts, type CallDoubtsBook, createCallDoubts, seeRecord } from '../plan/call-doubts.js'
import { changesMembership, writeCopies, writeMembership } from '../plan/membership.js'
import type { ComparedPlan, Plan } from '../plan/plan.js'
import type { Recollection } from '../plan/recall.js'
import type { Memory } from '../plan/remember.js'
import { shorten } from '../retry/override.js'
import { openBudget } from './budget.js'
import type { RunEndpoint } from './endpoint.js'
import { type SendJob, type SendReport, sendPending } from './send-pending.js'
import type { Session } from './session.js'

/** What a session has to do, and with what. */
export interface SessionWork extends Memory {
  readonly plan: ComparedPlan
  /** Undefined when there is nothing to send. */
  readonly endpoint: RunEndpoint | undefined
}

/** What a session did, and how long it took, in ms. */
export interface SessionReport extends SendReport {
  readonly sentMs: number
  /** Its calls that brought no answer and may have been billed. */
  readonly doubts: CallDoubts
}

const endReason = ({ stop }: SendReport): EndRecord['reason'] => {
  if (stop === undefined) return 'finished'
  return stop.code === 'drained' || stop.code === 'aborted' ? 'interrupted' : 'stopped'
}

const toFaultCounts = ({ faults }: Plan): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { fault, count } of faults) counts[fault.code] = (counts[fault.code] ?? 0) + count
  return counts
}

/** Notes who begins, with how many rows, and which requests belong to a row no longer or again. */
const writeBeginning = async (
  { job, ports, settings, retrial }: Session,
  { plan, memory, endpoint }: SessionWork,
  { journal, reader }: { journal: RecordSink; reader: RecordReader },
): Promise<void> => {
  const at = ports.clock.wall()
  const baseUrl = endpoint?.endpoint.baseUrl ?? job.earlier?.base_url ?? settings.baseUrl
  const { rows } = plan.counts
  const faults = toFaultCounts(plan)
  const override = retrial?.override?.flags
  await journal.note({ kind: 'run', at, format: journalFormat, version, base_url: baseUrl, rows, faults, override })
  await writeMembership(plan, memory, { journal, reader, at })
  await writeCopies(plan, { journal, at })
}

/** The journal, seen by somebody who follows the calls. */
const followCalls = (journal: RecordSink, doubts: CallDoubtsBook): RecordSink => {
  const follow = (record: JournalRecord): JournalRecord => {
    seeRecord(doubts, record)
    return record
  }
  return {
    note: record => journal.note(follow(record)),
    commit: record => journal.commit(follow(record)),
  }
}

const nothingSent: SendReport = { stop: undefined, settled: 0 }

/**
 * Between opening and closing the journal: everything that costs money.
 * @param onSettled called after each row that the table has as settled
 */
export const journalSession = async (
  session: Session,
  work: SessionWork,
  onSettled: SendJob['onSettled'],
): Promise<SessionReport> => {
  const { job, settings, ports, notify, drafts, otherDrafts, retrial, price, options } = session
  const { plan, memory, endpoint, expectSimulated } = work
  const { clock } = ports
  const began = clock.now()
  if (work.setAside) {
    const name = await setJournalAside(job.folder, 'simulated')
    notify.onNotice?.(`The earlier answers were simulated; they are set aside in ${job.folder}/${name}`)
  }
  const budget = await openBudget(session)
  const doubts = createCallDoubts(byRow)
  const opened = await openJournal(job.folder, { scanned: memory.end, beforeSegment: job.lock.verify })
  const journal = followCalls(opened, doubts)
  const reader = createRecordReader(job.folder)
  try {
    await writeBeginning(session, work, { journal, reader })
    const { input } = job.source
    const report =
      endpoint === undefined
        ? nothingSent
        : await sendPending(
            {
              settings,
              input,
              plan,
              drafts,
              otherDrafts,
              override: retrial?.override && shorten(retrial.override.flags),
              price,
              journal,
              reader,
              expectSimulated,
              budget,
              onSettled,
              ...endpoint,
            },
            ports,
            { notify, signals: options },
          )
    const sentMs = Math.round(clock.now() - began)
    await journal.commit({ kind: 'end', at: clock.wall(), reason: endReason(report), wall_ms: sentMs })
    return { ...report, sentMs, doubts: doubts.total() }
  } finally {
    reader.close()
    await opened.close()
  }
}

const hasNewCopies = ({ copies }: Plan, { copies: told }: Recollection): boolean => {
  if (copies.rows !== told.rows) return true
  for (const [key, nth, rows] of copies) if (told.of(key, nth) !== rows) return true
  return false
}

/** Whether the journal has to hear of this session although nothing is sent: it counts the rows for `status`. */
export const hasNews = ({ plan, memory }: Pick<SessionWork, 'plan' | 'memory'>): boolean =>
  plan.counts.pending > 0 ||
  memory.lastRun?.rows !== plan.counts.rows ||
  changesMembership(plan, memory) ||
  hasNewCopies(plan, memory) ||
  JSON.stringify(memory.lastRun.faults) !== JSON.stringify(toFaultCounts(plan))
