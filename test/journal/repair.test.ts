import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { JournalRecord } from '../../src/core/records.js'
import { inspectJournal } from '../../src/journal/inspect.js'
import { openJournal } from '../../src/journal/open.js'
import { encodeRecord } from '../../src/journal/record-line.js'
import { repairJournal } from '../../src/journal/repair.js'
import { segmentPath } from '../../src/journal/segment.js'
import { byForm } from '../faults/form.js'
import { readJournal } from './read-journal.js'
import { answerOf, everyKind, runRecord, startOf } from './sample-records.js'
import { makeFolder } from './temporary-folder.js'
import { type Fault, faultyFiles, fileOperations, watchFiles } from './watched-files.js'

/** Without the one that stands for lost ones: those that a repair writes are counted. */
const written = everyKind.filter(({ kind }) => kind !== 'lost')
const clock = { wall: () => 1_790_000_000_500 }
const toLines = (records: readonly JournalRecord[], from = 1): Buffer[] =>
  records.map((record, index) => encodeRecord(from + index, record))
const lines = toLines(written)
const whole = Buffer.concat(lines)
/** Where each line begins. */
const starts = lines.map((_, index) => Buffer.concat(lines.slice(0, index)).length)

const writeSegments = async (...segments: readonly Buffer[]): Promise<string> => {
  const folder = await makeFolder()
  for (const [index, bytes] of segments.entries()) await writeFile(segmentPath(folder, index + 1), bytes)
  return folder
}

const flip = (bytes: Buffer, at: number): Buffer => {
  const damaged = Buffer.from(bytes)
  damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at)
  return damaged
}

/** Everything that was moved out of the segments. */
const readAside = async (folder: string): Promise<Buffer> => {
  const names = (await readdir(folder)).filter(name => /\.(damaged|torn)-\d+$/.test(name)).sort()
  return Buffer.concat(await Promise.all(names.map(name => readFile(path.join(folder, name)))))
}

const isLost = ({ kind }: JournalRecord): boolean => kind === 'lost'

// Sweeps mend a journal at every byte: how long that takes is the disk's affair.
vi.setConfig({ testTimeout: 120_000 })

describe('a journal that is as it was written', () => {
  it('is found to be so, and a repair changes nothing', async () => {
    const folder = await writeSegments(whole)
    const { records, bytes, damage, torn } = await inspectJournal(folder)
    expect({ records, bytes, damage, torn }).toEqual({
      records: written.length,
      bytes: whole.length,
      damage: [],
      torn: undefined,
    })
    expect(await repairJournal(folder)).toEqual([])
    expect(await readFile(segmentPath(folder, 1))).toEqual(whole)
  })

  it('is so where it ends in a write that was cut off, which is no damage', async () => {
    const folder = await writeSegments(whole.subarray(0, whole.length - 5))
    const { damage, torn } = await inspectJournal(folder)
    const from = starts.at(-1) ?? 0
    expect(damage).toEqual([])
    expect(torn).toEqual({ segment: 1, offset: from, bytes: whole.length - 5 - from })
    expect(await repairJournal(folder)).toEqual([])
    expect((await readJournal(folder)).records).toEqual(written.slice(0, -1))
    expect(await readAside(folder)).toEqual(whole.subarray(from, whole.length - 5))
  })
})

describe('a damaged journal', () => {
  it('D6: with one byte flipped anywhere, is mended without losing any other record or any byte', async () => {
    const ends = starts.flatMap(start => [start - 1, start, start + 1]).filter(at => at > 0)
    const every = Array.from({ length: whole.length }, (_, at) => at)
    const some = [...new Set([...every.filter(at => at % 11 === 0), ...ends, whole.length - 1])]
    for (const at of byForm({ short: some, long: every })) {
      const folder = await writeSegments(flip(whole, at))
      const hit = starts.findLastIndex(start => start <= at)
      const inNewline = at === (starts[hit + 1] ?? whole.length) - 1
      const { damage, torn } = await inspectJournal(folder)
      expect(damage.length + (torn === undefined ? 0 : 1)).toBe(1)
      await repairJournal(folder, { files: watchFiles(), clock })

      const { records } = await readJournal(folder)
      // A line's end can be made up for, but not the very last one: that looks like a write that was cut off.
      const lost = inNewline && hit < lines.length - 1 ? -1 : hit
      expect(records.filter(record => !isLost(record))).toEqual(written.filter((_, index) => index !== lost))
      const aside = await readAside(folder)
      expect(aside.includes(flip(whole, at).subarray(starts[hit], starts[hit + 1]))).toBe(true)
      await rm(folder, { recursive: true })
    }
  })

  it('says segment, line, byte and kind, and which records are lost', async () => {
    const folder = await writeSegments(flip(whole, (starts[2] ?? 0) + 60))
    const { damage } = await inspectJournal(folder)
    expect(damage).toEqual([
      {
        segment: 1,
        line: 3,
        lines: 1,
        offset: starts[2],
        bytes: lines[2]?.length,
        kind: 'checksum',
        reason: 'the checksum does not match',
        lost: { first: 3, count: 1 },
      },
    ])
  })

  it('goes on afterwards, and says in the place of a lost record that it is lost', async () => {
    const folder = await writeSegments(flip(whole, (starts[1] ?? 0) + 60))
    const [repaired] = await repairJournal(folder, { clock })
    expect(repaired).toMatchObject({ segment: 1, lost: 1, bytes: lines[1]?.length })
    const journal = await openJournal(folder)
    await journal.commit(answerOf(99))
    await journal.close()
    const { records } = await readJournal(folder)
    expect(records[1]).toMatchObject({ kind: 'lost', at: clock.wall(), count: 1 })
    expect(records.at(-1)).toEqual(answerOf(99))
  })

  it.each([
    ['a line is gone', [0, 2, 3], 'missing', 1],
    ['several lines are gone', [0, 3, 4], 'missing', 2],
    ['the first lines are gone', [2, 3], 'missing', 2],
    ['a line stands there twice', [0, 1, 1, 2], 'misplaced', 0],
    ['lines that have been come again', [0, 1, 2, 0, 1, 3], 'misplaced', 0],
  ] as const)('is mended where %s', async (_title, order, kind, lost) => {
    const folder = await writeSegments(Buffer.concat(order.map(index => lines[index] ?? Buffer.alloc(0))))
    const { damage } = await inspectJournal(folder)
    expect(new Set(damage.map(found => found.kind))).toEqual(new Set([kind]))
    expect(damage.reduce((sum, found) => sum + (found.lost?.count ?? 0), 0)).toBe(lost)
    await repairJournal(folder, { clock })
    const kept = [...new Set(order)].sort((a, b) => a - b)
    const { records } = await readJournal(folder)
    expect(records.filter(record => !isLost(record))).toEqual(kept.map(index => written[index]))
    expect((await inspectJournal(folder)).damage).toEqual([])
  })

  it('is mended where a damaged line stands before a last one that lacks its newline', async () => {
    const folder = await writeSegments(flip(whole, (starts.at(-2) ?? 0) + 60).subarray(0, -1))
    await repairJournal(folder, { clock })
    const { records } = await readJournal(folder)
    expect(records.filter(record => !isLost(record))).toEqual(written.filter((_, index) => index !== lines.length - 2))
    expect(await inspectJournal(folder)).toMatchObject({ damage: [], torn: undefined })
  })

  it('is mended where lines of something else stand in it, which are told as one stretch', async () => {
    const text = 'Dear journal,\n\ntoday\n'
    const folder = await writeSegments(Buffer.concat([...lines.slice(0, 2), Buffer.from(text), ...lines.slice(2)]))
    const { damage } = await inspectJournal(folder)
    expect(damage).toMatchObject([{ line: 3, lines: 3, bytes: text.length, kind: 'no_record', lost: undefined }])
    await repairJournal(folder)
    expect(await readFile(segmentPath(folder, 1))).toEqual(whole)
    expect((await readAside(folder)).toString()).toBe(text)
  })
})

describe('a journal of several segments', () => {
  const five = [runRecord, startOf(1), answerOf(1), startOf(2), answerOf(2)]
  const all = toLines(five)
  /** After a sync that failed, what was not synced stands in the next segment once more. */
  const first = Buffer.concat(all.slice(0, 4))
  const second = Buffer.concat(all.slice(2))

  it('is whole where segments overlap', async () => {
    const folder = await writeSegments(first, second)
    expect(await inspectJournal(folder)).toMatchObject({ records: 5, damage: [], torn: undefined })
  })

  it('with one byte flipped anywhere, loses nothing that stands in both', async () => {
    for (let at = 0; at < second.length - 1; at += byForm({ short: 7, long: 1 })) {
      const folder = await writeSegments(first, flip(second, at))
      await repairJournal(folder, { files: watchFiles(), clock })
      const { records } = await readJournal(folder)
      // The last record alone stands once.
      const single = at >= second.length - (all[4]?.length ?? 0)
      expect(records.filter(record => !isLost(record))).toEqual(single ? five.slice(0, 4) : five)
      await rm(folder, { recursive: true })
    }
  })

  it('with the last one cut off anywhere, loses nothing that stands in both', async () => {
    const every = Array.from({ length: second.length + 1 }, (_, length) => length)
    const ends = [2, 3, 4, 5].map(count => Buffer.concat(all.slice(2, count)).length)
    const some = every.filter(length => ends.some(end => Math.abs(length - end) <= 1) || length % 97 === 60)
    for (const length of byForm({ short: some, long: every })) {
      const folder = await writeSegments(first, second.subarray(0, length))
      await repairJournal(folder, { files: watchFiles(), clock })
      const { records } = await readJournal(folder)
      expect(records).toEqual(length < second.length - 1 ? five.slice(0, 4) : five)
      await rm(folder, { recursive: true })
    }
  })

  it('is mended where the last one ends in lines of something else', async () => {
    const text = Buffer.from('Dear journal,\ntoday')
    const folder = await writeSegments(first, Buffer.concat([...all.slice(2, 3), text]))
    const { damage } = await inspectJournal(folder)
    expect(damage[0]).toMatchObject({ segment: 2, line: 2, lines: 2, bytes: text.length, kind: 'no_record' })
    await repairJournal(folder, { clock })
    expect((await readJournal(folder)).records).toEqual(five.slice(0, 4))
    expect(await readAside(folder)).toEqual(text)
  })

  it('keeps the later of two records of one number', async () => {
    const other = Buffer.concat([...all.slice(0, 2), encodeRecord(3, answerOf(77)), ...all.slice(3, 4)])
    const folder = await writeSegments(other, second)
    expect((await inspectJournal(folder)).damage).toMatchObject([{ segment: 1, line: 3, kind: 'conflict' }])
    await repairJournal(folder)
    expect((await readJournal(folder)).records).toEqual(five)
    expect(await readAside(folder)).toEqual(encodeRecord(3, answerOf(77)))
  })

  it('says what is missing where a segment is gone', async () => {
    const folder = await writeSegments(first, second)
    await rm(segmentPath(folder, 1))
    expect((await inspectJournal(folder)).damage).toMatchObject([{ segment: 2, lost: { first: 1, count: 2 } }])
    await repairJournal(folder)
    expect((await readJournal(folder)).records.filter(record => !isLost(record))).toEqual(five.slice(2))
  })
})

describe('records of a newer version', () => {
  it.each([
    ['a newer format', { ...runRecord, format: 2, version: '9.0.0' }],
    ['an unknown kind', { kind: 'thought', at: 1 } as unknown as JournalRecord],
  ])('of %s are refused and left alone', async (_title, record) => {
    const bytes = Buffer.concat([
      encodeRecord(1, record),
      flip(encodeRecord(2, startOf(1)), 40),
      ...toLines([startOf(2)], 3),
    ])
    const folder = await writeSegments(bytes)
    await expect(inspectJournal(folder)).rejects.toMatchObject({ code: 'not_a_run', hint: /Update promptmill/ })
    await expect(repairJournal(folder)).rejects.toMatchObject({ code: 'not_a_run' })
    expect(await readFile(segmentPath(folder, 1))).toEqual(bytes)
  })
})

describe('a repair on a failing disk', () => {
  it('D9: whatever operation fails, once or for good, loses nothing and can be repeated', async () => {
    const damaged = flip(flip(whole, (starts[2] ?? 0) + 60), whole.length - 1)
    const attempt = async (fault: Fault): Promise<boolean> => {
      const folder = await writeSegments(damaged)
      const { files, fired } = faultyFiles(fault)
      await repairJournal(folder, { files, clock }).catch(error => expect(error).toMatchObject({ code: 'disk' }))
      await repairJournal(folder, { files: watchFiles(), clock })
      const { records } = await readJournal(folder)
      const kept = written.filter((_, index) => index !== 2 && index !== written.length - 1)
      expect(records.filter(record => !isLost(record))).toEqual(kept)
      const aside = await readAside(folder)
      expect(aside.includes(damaged.subarray(starts[2], starts[3]))).toBe(true)
      expect(aside.includes(damaged.subarray(starts.at(-1)))).toBe(true)
      await rm(folder, { recursive: true })
      return fired()
    }
    let count = 0
    for (const operation of fileOperations) {
      for (const forGood of [false, true]) {
        for (let nth = 1; await attempt({ operation, nth, forGood }); nth++) count += 1
      }
    }
    expect(count).toBeGreaterThan(30)
  })
})
