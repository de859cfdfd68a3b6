import { stat } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../src/journal/open.js'
import { segmentPath, toPosition } from '../../src/journal/segment.js'
import { createManualClock, settle } from './manual-clock.js'
import { readJournal } from './read-journal.js'
import { answerOf, keyOf, startOf } from './sample-records.js'
import { makeFolder } from './temporary-folder.js'
import { type FileCall, type WatchOptions, watchFiles } from './watched-files.js'

const isSegment = (call: FileCall): boolean => call.path.endsWith('.jsonl')

/** A journal whose disk and clock are watched. The counts are those of the segment alone, from the opening on. */
const openWatched = async (options: WatchOptions = {}) => {
  const folder = await makeFolder()
  const clock = createManualClock()
  const counts = { write: 0, datasync: 0 }
  const files = watchFiles({
    ...options,
    after(call) {
      if (!isSegment(call)) return
      if (call.operation === 'write') counts.write += 1
      if (call.operation === 'datasync') counts.datasync += 1
    },
  })
  const journal = await openJournal(folder, { files, clock, lingerMs: 2, reserveBytes: 0 })
  counts.datasync = 0
  /** Lets the wait for company pass, once everything that was given is written. */
  const linger = async (): Promise<void> => {
    await settle()
    clock.advance(2)
  }
  return { folder, linger, counts, journal }
}

/** A gate in front of an operation: it waits there until it is let through. */
const createGate = (applies: (call: FileCall) => boolean) => {
  const waiting: (() => void)[] = []
  let closed = false
  return {
    before: (call: FileCall): Promise<void> | undefined =>
      closed && applies(call) ? new Promise(resolve => waiting.push(resolve)) : undefined,
    close: () => {
      closed = true
    },
    open: () => {
      closed = false
      for (const pass of waiting.splice(0)) pass()
    },
    arrived: async () => {
      while (waiting.length === 0) await settle()
    },
  }
}

describe('a journal that is written', () => {
  it('shares one write and one sync among the records of one moment', async () => {
    const { folder, linger, counts, journal } = await openWatched()
    const commits = Array.from({ length: 500 }, (_, n) => journal.commit(answerOf(n)))
    await journal.note(startOf(1000))
    await linger()
    await Promise.all(commits)
    expect(counts).toEqual({ write: 1, datasync: 1 })
    await journal.close()
    expect((await readJournal(folder)).records).toHaveLength(501)
  })

  it('shares one sync among all that is written within the linger, and acknowledges nothing before it', async () => {
    const { linger, counts, journal } = await openWatched()
    const acknowledged: number[] = []
    const commits = []
    for (let n = 0; n < 20; n++) {
      commits.push(journal.commit(answerOf(n)).then(() => acknowledged.push(n)))
      // The note behind it is written after it, so the commit is written too.
      await journal.note(startOf(n))
    }
    expect(acknowledged).toEqual([])
    expect(counts.datasync).toBe(0)
    await linger()
    await Promise.all(commits)
    expect(acknowledged).toHaveLength(20)
    expect(counts.datasync).toBe(1)
    await journal.close()
  })

  it('acknowledges with a sync only what was written when it began', async () => {
    const gate = createGate(call => call.operation === 'datasync' && isSegment(call))
    const { linger, counts, journal } = await openWatched({ before: gate.before })
    gate.close()
    const first = journal.commit(answerOf(1))
    await journal.note(startOf(2))
    await linger()
    await gate.arrived()
    let acknowledged = false
    const second = journal.commit(answerOf(2)).then(() => {
      acknowledged = true
    })
    await journal.note(startOf(3))
    gate.open()
    await first
    expect({ acknowledged, syncs: counts.datasync }).toEqual({ acknowledged: false, syncs: 1 })
    await linger()
    await second
    expect(counts.datasync).toBe(2)
    await journal.close()
  })

  it('acknowledges notes without any sync', async () => {
    const { counts, journal } = await openWatched()
    await Promise.all([journal.note(startOf(1)), journal.note(startOf(2))])
    expect(counts.datasync).toBe(0)
    await journal.close()
    expect(counts.datasync).toBe(1)
  })

  it('syncs notes that nobody waits for before they pile up in memory', async () => {
    const { linger, counts, journal } = await openWatched()
    for (let n = 0; n < 6; n++) {
      await journal.note(answerOf(n, 'x'.repeat(2 ** 20)))
      await linger()
    }
    await journal.close()
    expect(counts.datasync).toBeGreaterThan(1)
  })

  it('returns the position of each record', async () => {
    const { folder, linger, journal } = await openWatched()
    const commits = [1, 2, 3].map(n => journal.commit(answerOf(n)))
    const noted = await journal.note(startOf(4))
    await linger()
    const returned = [...(await Promise.all(commits)), noted]
    await journal.close()
    expect((await readJournal(folder)).positions).toEqual(returned)
    expect(returned[0]).toBe(toPosition(1, 0))
  })

  it('D3: completes records whose writes come out short', async () => {
    const { folder, linger, counts, journal } = await openWatched({ writeBytes: 7 })
    const commits = Promise.all([1, 2, 3].map(n => journal.commit(answerOf(n))))
    await journal.note(startOf(4))
    await linger()
    await commits
    await journal.close()
    expect((await readJournal(folder)).records).toEqual([answerOf(1), answerOf(2), answerOf(3), startOf(4)])
    expect(counts.write).toBeGreaterThan(50)
  })

  it('takes a record that is larger than one write', async () => {
    const { folder, linger, journal } = await openWatched()
    const large = answerOf(1, 'é'.repeat(2 ** 21))
    const commit = journal.commit(large)
    await journal.note(startOf(2))
    await linger()
    await commit
    await journal.close()
    expect((await readJournal(folder)).records).toEqual([large, startOf(2)])
  })

  it('refuses alone a record that cannot be written as JSON', async () => {
    const { folder, journal } = await openWatched()
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const bad = Object.assign(answerOf(1), { body: cyclic as unknown as string })
    const [refused, noted] = await Promise.allSettled([journal.note(bad), journal.note(startOf(2))])
    expect([refused.status, noted.status]).toEqual(['rejected', 'fulfilled'])
    await journal.close()
    expect((await readJournal(folder)).records).toEqual([startOf(2)])
  })

  it('goes on where an earlier session ended', async () => {
    const folder = await makeFolder()
    for (let n = 1; n <= 3; n++) {
      const journal = await openJournal(folder)
      await journal.commit(answerOf(n))
      await journal.close()
    }
    expect((await readJournal(folder)).records).toEqual([answerOf(1), answerOf(2), answerOf(3)])
  })

  it('keeps an order that a reader can rely on: records stand as they were given', async () => {
    const { folder, linger, journal } = await openWatched()
    const given = Array.from({ length: 200 }, (_, n) => (n % 3 === 0 ? startOf(n) : answerOf(n)))
    const all = Promise.all(
      given.map(record => (record.kind === 'start' ? journal.note(record) : journal.commit(record))),
    )
    await journal.note(startOf(500))
    await linger()
    await all
    await journal.close()
    expect((await readJournal(folder)).records).toEqual([...given, startOf(500)])
  })

  it('writes and syncs on closing what nobody waited for, and takes nothing afterwards', async () => {
    const { folder, journal } = await openWatched()
    const waiting = [journal.note(startOf(1)), journal.commit(answerOf(1))]
    await Promise.all([journal.close(), journal.close()])
    await Promise.all(waiting)
    await expect(journal.commit(answerOf(2))).rejects.toThrow('closed')
    expect((await readJournal(folder)).records).toEqual([startOf(1), answerOf(1)])
  })

  it.skipIf(process.platform === 'win32')('C11: is for its owner alone', async () => {
    const folder = path.join(await makeFolder(), 'results.csv.run')
    const journal = await openJournal(folder, { reserveBytes: 100 })
    const modes = await Promise.all(
      [folder, segmentPath(folder, 1), path.join(folder, 'reserve')].map(file => stat(file)),
    )
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600, 0o600])
    await journal.close()
  })

  it('sets room aside while it is open', async () => {
    const folder = await makeFolder()
    const journal = await openJournal(folder, { reserveBytes: 3_000_000 })
    const reserve = path.join(folder, 'reserve')
    expect((await stat(reserve)).size).toBe(3_000_000)
    await journal.close()
    await expect(stat(reserve)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is not opened when somebody wrote to it after it was read', async () => {
    const folder = await makeFolder()
    const scanned = await readJournal(folder)
    const other = await openJournal(folder)
    await other.commit(answerOf(1))
    await expect(openJournal(folder, { scanned })).rejects.toMatchObject({ code: 'locked' })
    const rescanned = await readJournal(folder)
    await other.commit(answerOf(2))
    await other.close()
    await expect(openJournal(folder, { scanned: rescanned })).rejects.toMatchObject({ code: 'locked' })
    const journal = await openJournal(folder, { scanned: await readJournal(folder) })
    await journal.commit({ ...answerOf(3), key: keyOf(3) })
    await journal.close()
    expect((await readJournal(folder)).records).toHaveLength(3)
  })

  it('says when the folder for it cannot be made', async () => {
    const folder = path.join(await makeFolder(), 'missing', 'results.csv.run')
    await expect(openJournal(folder)).rejects.toMatchObject({
      code: 'disk',
      message: `The journal in ${folder} cannot be opened: the folder is gone (ENOENT)`,
    })
  })
})
