import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { AnswerRecord, JournalRecord } from '../../src/core/records.js'

/** A record with its number. */
export type NumberedRecord = JournalRecord & { readonly seq: number; readonly crc: string }

/** Reads a line; undefined for one that a crash cut off. A JSON object closes with its last byte, so half of one is none. */
export const parseLine = (line: string): NumberedRecord | undefined => {
  try {
    return JSON.parse(line) as NumberedRecord
  } catch {
    return undefined
  }
}

/**
 * The journal as it lies on the disk, read without the program's own reader. Numbers that come again in a later segment
 * count there.
 */
export const readJournal = async (runFolder: string): Promise<NumberedRecord[]> => {
  const names = await readdir(runFolder).catch(() => [])
  const bySeq = new Map<number, NumberedRecord>()
  for (const name of names.filter(file => /^journal-\d+\.jsonl$/.test(file)).sort()) {
    const lines = (await readFile(path.join(runFolder, name), 'utf8')).split('\n')
    for (const line of lines) {
      const record = parseLine(line)
      if (record !== undefined) bySeq.set(record.seq, record)
    }
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** `row:attempt`: names one send. */
export const sendName = ({ row, attempt }: { readonly row: number; readonly attempt: number }): string =>
  `${row}:${attempt}`

/** What a journal says of the sends. */
export interface JournalView {
  readonly records: readonly NumberedRecord[]
  /** Names of all sends that were announced. */
  readonly started: ReadonlySet<string>
  /** Sends that were announced and of which nothing was heard: they may have been made. */
  readonly open: ReadonlySet<string>
  /** Answers by row, the first of each. */
  readonly answers: ReadonlyMap<number, AnswerRecord>
}

export const viewJournal = async (runFolder: string): Promise<JournalView> => {
  const records = await readJournal(runFolder)
  const started = new Set<string>()
  /** The latest send of each row that is open. A row has one at a time; whatever is heard of it ends it. */
  const openByRow = new Map<number, string>()
  const left = new Set<string>()
  const answers = new Map<number, AnswerRecord>()
  for (const record of records) {
    if (record.kind === 'start') {
      const earlier = openByRow.get(record.row)
      if (earlier !== undefined) left.add(earlier)
      started.add(sendName(record))
      openByRow.set(record.row, sendName(record))
    }
    if (record.kind === 'answer' || record.kind === 'failure') openByRow.delete(record.row)
    if (record.kind === 'answer' && !answers.has(record.row)) answers.set(record.row, record)
  }
  return { records, started, open: new Set([...left, ...openByRow.values()]), answers }
}
