import { writeFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { JournalRecord } from '../../src/core/records.js'
import { openJournal } from '../../src/journal/open.js'
import { createRecordReader } from '../../src/journal/reader.js'
import { encodeRecord } from '../../src/journal/record-line.js'
import { segmentPath, toPosition } from '../../src/journal/segment.js'
import { readJournal } from './read-journal.js'
import { answerOf, startOf } from './sample-records.js'
import { makeFolder } from './temporary-folder.js'

const openReader = (folder: string) => {
  const reader = createRecordReader(folder)
  onTestFinished(() => reader.close())
  return reader
}

/** A journal of records of many sizes, larger than what the reader keeps in memory. */
const writeJournal = async (folder: string): Promise<readonly JournalRecord[]> => {
  const records = Array.from({ length: 400 }, (_, n) =>
    n % 3 === 0 ? startOf(n) : answerOf(n, 'x'.repeat(n === 200 ? 3_000_000 : (n * 7919) % 70_000)),
  )
  await writeFile(segmentPath(folder, 1), Buffer.concat(records.map((record, n) => encodeRecord(n + 1, record))))
  return records
}

describe('createRecordReader', () => {
  it.each([
    ['in order', (count: number) => Array.from({ length: count }, (_, n) => n)],
    ['nearly in order', (count: number) => Array.from({ length: count }, (_, n) => Math.min(count - 1, n ^ 13))],
    ['backwards', (count: number) => Array.from({ length: count }, (_, n) => count - 1 - n)],
    ['at random', (count: number) => Array.from({ length: count }, (_, n) => (n * 163) % count)],
  ])('reads single records %s', async (_title, orderOf) => {
    const folder = await makeFolder()
    const records = await writeJournal(folder)
    const { positions } = await readJournal(folder)
    const reader = openReader(folder)
    for (const n of orderOf(records.length)) expect(reader.read(positions[n] ?? -1)).toEqual(records[n])
  })

  it('reads records that were appended after it was opened, and after it read what is near', async () => {
    const folder = await makeFolder()
    const journal = await openJournal(folder, { lingerMs: 0, reserveBytes: 0 })
    const reader = openReader(folder)
    for (let n = 0; n < 50; n++) {
      const position = await journal.commit(answerOf(n))
      expect(reader.read(position)).toEqual(answerOf(n))
    }
    await journal.close()
  })

  it('reads from every segment', async () => {
    const folder = await makeFolder()
    await writeFile(segmentPath(folder, 1), encodeRecord(1, answerOf(1)))
    await writeFile(segmentPath(folder, 2), encodeRecord(2, answerOf(2)))
    const reader = openReader(folder)
    expect([reader.read(toPosition(2, 0)), reader.read(toPosition(1, 0))]).toEqual([answerOf(2), answerOf(1)])
  })

  it('reads a last record that lacks its newline', async () => {
    const folder = await makeFolder()
    await writeFile(segmentPath(folder, 1), encodeRecord(1, answerOf(1)).subarray(0, -1))
    expect(openReader(folder).read(toPosition(1, 0))).toEqual(answerOf(1))
  })

  it('never gives a record that is damaged or not there', async () => {
    const folder = await makeFolder()
    const line = encodeRecord(1, answerOf(1))
    line.writeUInt8(0x58, 60)
    await writeFile(segmentPath(folder, 1), Buffer.concat([line, encodeRecord(2, answerOf(2))]))
    const reader = openReader(folder)
    for (const offset of [0, 5, line.length + 1, 10_000_000]) {
      expect(() => reader.read(toPosition(1, offset))).toThrow(expect.objectContaining({ code: 'journal_damaged' }))
    }
    expect(reader.read(toPosition(1, line.length))).toEqual(answerOf(2))
    expect(() => reader.read(toPosition(3, 0))).toThrow(expect.objectContaining({ code: 'disk' }))
  })
})
