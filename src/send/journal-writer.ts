import type { JournalPosition, JournalRecord, RecordSink } from '../core/records.js'
import type { Halt } from './halt.js'

/** The journal, watched: when it can no longer be written, nothing more is sent. */
export interface JournalWriter extends RecordSink {
  /** Notes without waiting for it. */
  jot(record: JournalRecord): void
}

export const createJournalWriter = (sink: RecordSink, halt: Halt): JournalWriter => {
  const watch = async (write: Promise<JournalPosition>): Promise<JournalPosition> => {
    try {
      return await write
    } catch (error) {
      halt.set({
        code: 'journal_failed',
        message: 'The journal cannot be written, so nothing more is sent',
        hint: 'Make room on the disk or mend it, then run the same command again',
        cause: error,
      })
      throw error
    }
  }
  const note = (record: JournalRecord): Promise<JournalPosition> => watch(sink.note(record))
  return {
    note,
    commit: record => watch(sink.commit(record)),
    jot(record) {
      note(record).catch(() => undefined)
    },
  }
}
