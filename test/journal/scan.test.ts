import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../src/journal/open.js'
import { encodeRecord } from '../../src/journal/record-line.js'
import type { RecordView } from '../../src/journal/record-view.js'
import { scanJournal } from '../../src/journal/scan.js'
import { segmentPath, toPosition } from '../../src/journal/segment.js'
import { readJournal } from './read-journal.js'
import { answerOf, everyKind, failureOf, keyOf, startOf } from './sample-records.js'
import { makeFolder } from './temporary-folder.js'
import { systemError, watchFiles } from './watched-files.js'

const none = { nextSeq: 1, lastSegment: 0, tail: undefined, records: [], positions: [] }

describe('scanJournal', () => {
  it('finds no records where there is no folder or no journal', async () => {
    const folder = await makeFolder()
    expect(await readJournal(path.join(folder, 'missing'))).toEqual(none)
    expect(await readJournal(folder)).toEqual(none)
    await mkdir(path.join(folder, 'other'))
    await writeFile(path.join(folder, 'lock'), 'x')
    expect(await readJournal(folder)).toEqual(none)
  })

  it('gives every record, in order, with its position, and says where the journal goes on', async () => {
    const folder = await makeFolder()
    const lines = everyKind.map((record, index) => encodeRecord(index + 1, record))
    await writeFile(segmentPath(folder, 1), Buffer.concat(lines))
    const { records, positions, ...end } = await readJournal(folder)
    expect(records).toEqual(everyKind)
    expect(positions).toEqual(lines.map((_, index) => toPosition(1, Buffer.concat(lines.slice(0, index)).length)))
    expect(end).toEqual({
      nextSeq: everyKind.length + 1,
      lastSegment: 1,
      tail: { segment: 1, offset: Buffer.concat(lines).length, state: 'clean' },
    })
  })

  it('shows what names a record without parsing it, its facts without its body, and all of it when asked', async () => {
    const folder = await makeFolder()
    const records = [startOf(1), { ...answerOf(2), nth: 3, row: 70, attempt: 2 }, failureOf(3)]
    await writeFile(segmentPath(folder, 1), Buffer.concat(records.map((record, n) => encodeRecord(n + 1, record))))
    const seen: unknown[] = []
    await scanJournal(folder, view => {
      if (view.kind !== 'start' && view.kind !== 'answer' && view.kind !== 'failure') return
      const { seq, kind, key, nth, row, attempt, at } = view
      seen.push({ seq, kind, key, nth, row, attempt, at, facts: view.facts(), record: view.record() })
    })
    expect(seen).toEqual(
      records.map((record, n) => {
        const { kind, key, nth, row, attempt, at } = record
        const facts = Object.fromEntries(Object.entries(record).filter(([field]) => field !== 'body'))
        return { seq: n + 1, kind, key, nth, row, attempt, at, facts, record }
      }),
    )
  })

  it('shows records the same way whose keys are not of the usual form', async () => {
    const folder = await makeFolder()
    const record = { ...answerOf(1), key: 'short "key"', at: 1.5 }
    await writeFile(segmentPath(folder, 1), encodeRecord(1, record))
    const views: RecordView[] = []
    await scanJournal(folder, view => views.push(view))
    expect(views).toMatchObject([{ kind: 'answer', seq: 1, key: 'short "key"', at: 1.5, row: 1 }])
  })

  it('reads records across its chunks, and records larger than a chunk', async () => {
    const folder = await makeFolder()
    const sizes = [1, 700_000, 700_000, 3_000_000, 5, 1_048_000, 10, 2_097_152]
    const records = sizes.map((size, n) => answerOf(n, 'x'.repeat(size)))
    await writeFile(segmentPath(folder, 1), Buffer.concat(records.map((record, n) => encodeRecord(n + 1, record))))
    expect((await readJournal(folder)).records).toEqual(records)
  })

  it('works while another session appends', async () => {
    const folder = await makeFolder()
    const journal = await openJournal(folder, { lingerMs: 0 })
    const counts: number[] = []
    for (let n = 1; n <= 20; n++) {
      const commits = Promise.all([1, 2, 3, 4].map(() => journal.commit(answerOf(n))))
      counts.push((await readJournal(folder)).records.length)
      await commits
      counts.push((await readJournal(folder)).records.length)
    }
    await journal.close()
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts.filter((_, index) => index % 2 === 1)).toEqual(Array.from({ length: 20 }, (_, n) => (n + 1) * 4))
  })

  it('passes on what the visitor throws', async () => {
    const folder = await makeFolder()
    await writeFile(segmentPath(folder, 1), encodeRecord(1, { ...startOf(1), key: keyOf(9) }))
    const fault = new Error('enough')
    await expect(
      scanJournal(folder, () => {
        throw fault
      }),
    ).rejects.toBe(fault)
  })

  it('says when a file cannot be read', async () => {
    const folder = await makeFolder()
    await writeFile(segmentPath(folder, 1), encodeRecord(1, startOf(1)))
    const files = watchFiles({
      before(call) {
        if (call.operation === 'read') throw systemError('EIO')
      },
    })
    await expect(scanJournal(folder, () => undefined, { files })).rejects.toMatchObject({
      code: 'disk',
      message: `The journal in ${folder} cannot be read: the disk reports an error (EIO)`,
    })
  })
})
