import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { PromptmillError } from '../../src/core/errors.js'
import type { JournalRecord } from '../../src/core/records.js'
import { openJournal } from '../../src/journal/open.js'
import { encodeRecord } from '../../src/journal/record-line.js'
import { scanJournal } from '../../src/journal/scan.js'
import { segmentPath } from '../../src/journal/segment.js'
import { readJournal } from './read-journal.js'
import { answerOf, everyKind, startOf } from './sample-records.js'
import { makeFolder } from './temporary-folder.js'
import { watchFiles } from './watched-files.js'

const linesOf = (records: readonly JournalRecord[]): Buffer[] =>
  records.map((record, index) => encodeRecord(index + 1, record))

const lines = linesOf(everyKind)
const whole = Buffer.concat(lines)

/** A small journal, for what is done at every one of its bytes. */
const few: readonly JournalRecord[] = [startOf(1), answerOf(1, '"🙂"'), startOf(2)]
const fewLines = linesOf(few)
const fewBytes = Buffer.concat(fewLines)

/** Opens without what costs time and has no part in recovery. */
const reopen = async (folder: string) => {
  const records: JournalRecord[] = []
  const journal = await openJournal(folder, {
    files: watchFiles(),
    reserveBytes: 0,
    lingerMs: 0,
    onRecord: view => records.push(view.record()),
  })
  return { journal, records }
}

/** Records that are whole in the first `bytes` of the small journal: the newline may be missing. */
const wholeIn = (bytes: number): number => {
  let end = 0
  return fewLines.filter(line => {
    end += line.length
    return end - 1 <= bytes
  }).length
}

// Sweeps open a journal hundreds of times: how long that takes is the disk's affair.
vi.setConfig({ testTimeout: 120_000 })

describe('a journal that ends in the middle', () => {
  it('D5: cut at every byte, it keeps all whole records, puts the rest aside and goes on', async () => {
    const folder = await makeFolder()
    const file = segmentPath(folder, 1)
    for (let bytes = 0; bytes <= fewBytes.length; bytes++) {
      await writeFile(file, fewBytes.subarray(0, bytes))
      const kept = wholeIn(bytes)
      const { journal, records } = await reopen(folder)
      expect(records).toEqual(few.slice(0, kept))
      const keptBytes = Buffer.concat(fewLines.slice(0, kept)).length
      const copy = journal.repair?.copy
      expect(copy !== undefined).toBe(bytes > keptBytes)
      if (copy !== undefined) expect(await readFile(copy)).toEqual(fewBytes.subarray(keptBytes, bytes))
      if (copy !== undefined) await rm(copy)
      await journal.commit(answerOf(99))
      await journal.close()
      expect((await readJournal(folder)).records).toEqual([...few.slice(0, kept), answerOf(99)])
    }
  })

  it('is read without being mended, and what is not whole is not there yet', async () => {
    const folder = await makeFolder()
    const file = segmentPath(folder, 1)
    for (let bytes = 0; bytes <= fewBytes.length; bytes++) {
      await writeFile(file, fewBytes.subarray(0, bytes))
      expect((await readJournal(folder)).records).toEqual(few.slice(0, wholeIn(bytes)))
      expect(await readFile(file)).toEqual(fewBytes.subarray(0, bytes))
    }
  })

  it('takes blocks of zeros for data that never reached the disk', async () => {
    const folder = await makeFolder()
    const unwritten = Buffer.from(encodeRecord(everyKind.length + 1, answerOf(50, 'x'.repeat(5000))))
    unwritten.fill(0, 1000, 3000)
    await writeFile(segmentPath(folder, 1), Buffer.concat([whole, unwritten]))
    const { journal, records } = await reopen(folder)
    await journal.close()
    expect(records).toEqual(everyKind)
    expect(await readFile(journal.repair?.copy ?? '')).toEqual(unwritten)
  })

  it('never overwrites what an earlier repair put aside', async () => {
    const folder = await makeFolder()
    for (let n = 0; n < 2; n++) {
      await writeFile(segmentPath(folder, 1), whole.subarray(0, whole.length - 5))
      const { journal } = await reopen(folder)
      await journal.close()
    }
    const names = await readdir(folder)
    expect(names.toSorted()).toEqual(['journal-0001.jsonl', 'journal-0001.torn-1', 'journal-0001.torn-2'])
  })
})

describe('a journal that is damaged', () => {
  it('D6: with one byte flipped anywhere, it refuses, or puts the end aside; it never skips or changes a record', async () => {
    const folder = await makeFolder()
    const file = segmentPath(folder, 1)
    const outcomes = { refused: 0, repaired: 0 }
    for (let at = 0; at < fewBytes.length; at++) {
      const damaged = Buffer.from(fewBytes)
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at)
      await writeFile(file, damaged)
      const seen: JournalRecord[] = []
      const opened = await openJournal(folder, {
        files: watchFiles(),
        reserveBytes: 0,
        onRecord: view => seen.push(view.record()),
      }).catch((error: PromptmillError) => error)
      expect(seen).toEqual(few.slice(0, seen.length))
      expect(seen.length).toBeLessThan(few.length)
      if ('close' in opened) {
        outcomes.repaired += 1
        await opened.close()
        const kept = await readFile(file)
        const copy = opened.repair?.copy ?? ''
        expect(Buffer.concat([kept, await readFile(copy)])).toEqual(damaged)
        await rm(copy)
      } else {
        outcomes.refused += 1
        expect(opened.code).toBe('journal_damaged')
        expect(await readFile(file)).toEqual(damaged)
      }
    }
    // Only the very last newline looks like the end of a write that was cut off.
    expect(outcomes).toEqual({ refused: fewBytes.length - 1, repaired: 1 })
  })

  it('names segment, line and byte of the damage, and what can be done', async () => {
    const folder = await makeFolder()
    const damaged = Buffer.from(whole)
    const offset = (lines[0]?.length ?? 0) + (lines[1]?.length ?? 0)
    damaged.writeUInt8(0x58, offset + 40)
    await writeFile(segmentPath(folder, 1), damaged)
    await expect(scanJournal(folder, () => undefined)).rejects.toMatchObject({
      code: 'journal_damaged',
      message: `${path.join(folder, 'journal-0001.jsonl')}, line 3 (byte ${offset}): the checksum does not match`,
      hint: expect.stringContaining('--journal --repair'),
    })
  })

  it.each([
    ['a record is missing', [0, 1, 3], 'record 3 was expected, but record 4 stands here'],
    ['a record stands there twice', [0, 1, 1, 2], 'record 3 was expected, but record 2 stands here'],
    ['the first record is missing', [1, 2], 'record 1 was expected, but record 2 stands here'],
    ['the last record before the end is missing', [0, 1, 3], 'record 3 was expected, but record 4 stands here'],
  ])('refuses when %s', async (_title, order, reason) => {
    const folder = await makeFolder()
    await writeFile(segmentPath(folder, 1), Buffer.concat(order.map(index => lines[index] ?? Buffer.alloc(0))))
    await expect(reopen(folder)).rejects.toMatchObject({
      code: 'journal_damaged',
      message: expect.stringContaining(reason),
    })
  })

  it('refuses a journal of a newer version', async () => {
    const folder = await makeFolder()
    const [first] = everyKind
    if (first?.kind !== 'run') throw new Error('the first sample is a run')
    await writeFile(segmentPath(folder, 1), encodeRecord(1, { ...first, format: 2, version: '9.0.0' }))
    await expect(reopen(folder)).rejects.toMatchObject({
      code: 'not_a_run',
      message: 'The journal was written by a newer version (promptmill 9.0.0)',
    })
  })
})

const writeSegment = (folder: string, segment: number, parts: readonly (Buffer | undefined)[]) =>
  writeFile(segmentPath(folder, segment), Buffer.concat(parts.map(part => part ?? Buffer.alloc(0))))

describe('segments that overlap', () => {
  it('gives each record once, from the later segment, although the earlier one broke off', async () => {
    const folder = await makeFolder()
    await writeSegment(folder, 1, [...lines.slice(0, 4), Buffer.alloc(300), ...lines.slice(5)])
    await writeSegment(folder, 2, lines.slice(3))
    const { records, positions } = await readJournal(folder)
    expect(records).toEqual(everyKind)
    expect(positions[3]).toBe(2 * 2 ** 40)
  })

  it('goes on in the last segment', async () => {
    const folder = await makeFolder()
    await writeSegment(folder, 1, lines.slice(0, 5))
    await writeSegment(folder, 2, lines.slice(3))
    const { journal } = await reopen(folder)
    const position = await journal.commit(answerOf(9))
    await journal.close()
    expect(position).toBe(2 * 2 ** 40 + Buffer.concat(lines.slice(3)).length)
    expect((await readJournal(folder)).records).toEqual([...everyKind, answerOf(9)])
  })

  it('ignores an empty segment', async () => {
    const folder = await makeFolder()
    await writeSegment(folder, 1, lines)
    await writeSegment(folder, 2, [])
    const { journal } = await reopen(folder)
    await journal.commit(answerOf(9))
    await journal.close()
    expect((await readJournal(folder)).records).toEqual([...everyKind, answerOf(9)])
  })

  it.each([
    ['the later segment begins too late', lines.slice(0, 3), lines.slice(4), 'record 4 is missing'],
    ['the later segment lacks a record of the earlier', lines, lines.slice(2, 5), 'record 6 is missing'],
    [
      'two different records have one number',
      lines.slice(0, 5),
      [...lines.slice(3, 4), encodeRecord(5, answerOf(77))],
      'another record has the number 5 too',
    ],
  ])('refuses when %s', async (_title, first, second, reason) => {
    const folder = await makeFolder()
    await writeSegment(folder, 1, first)
    await writeSegment(folder, 2, second)
    await expect(reopen(folder)).rejects.toMatchObject({
      code: 'journal_damaged',
      message: expect.stringContaining(reason),
    })
  })
})
