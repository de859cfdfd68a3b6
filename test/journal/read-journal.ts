import type { JournalRecord } from '../../src/core/records.js'
import { type JournalEnd, scanJournal } from '../../src/journal/scan.js'

export interface WholeJournal extends JournalEnd {
  readonly records: readonly JournalRecord[]
  readonly positions: readonly number[]
}

/** Reads all records of a small journal into memory. */
export const readJournal = async (folder: string): Promise<WholeJournal> => {
  const records: JournalRecord[] = []
  const positions: number[] = []
  const end = await scanJournal(folder, (view, position) => {
    records.push(view.record())
    positions.push(position)
  })
  return { ...end, records, positions }
}

/** Rows with an answer, in the order of the journal. */
export const answeredRows = (records: readonly JournalRecord[]): number[] =>
  records.flatMap(record => (record.kind === 'answer' ? [record.row] : []))
