import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import type { JournalRecord } from '../../src/core/records.js'
import type { FileLayer } from '../../src/journal/file-layer.js'
import { type Journal, openJournal } from '../../src/journal/open.js'
import { encodeRecord } from '../../src/journal/record-line.js'
import { segmentPath } from '../../src/journal/segment.js'
import { settle } from './manual-clock.js'
import { createPowerLoss } from './power-loss.js'
import { answeredRows, readJournal } from './read-journal.js'
import { answerOf, startOf } from './sample-records.js'
import { makeFolder } from './temporary-folder.js'
import {
  type Fault,
  type FileCall,
  type FileOperation,
  faultyFiles,
  fileOperations,
  systemError,
  watchFiles,
} from './watched-files.js'

/** What a session did: rows whose answers were acknowledged, refused, or never taken because opening failed. */
interface Session {
  readonly acknowledged: number[]
  readonly refused: PromptmillError[]
  readonly opened: boolean
}

const rounds = 4
const perRound = 3
const allRows = Array.from({ length: rounds * perRound }, (_, row) => row)

interface SessionOptions {
  readonly files: FileLayer
  readonly emergencyFolder: string
  readonly base?: number
  readonly rounds?: number
}

/** A session as a run has it: starts are noted, answers committed, several at once. `base` tells sessions apart. */
const runSession = async (folder: string, options: SessionOptions) => {
  const session: Session = { acknowledged: [], refused: [], opened: true }
  const { base = 0, rounds: times = rounds, ...rest } = options
  let journal: Journal
  try {
    journal = await openJournal(folder, { ...rest, lingerMs: 0, reserveBytes: 64 })
  } catch (error) {
    if (!(error instanceof PromptmillError)) throw error
    return { ...session, opened: false, failure: error }
  }
  for (let round = 0; round < times; round++) {
    const rows = Array.from({ length: perRound }, (_, n) => base + round * perRound + n)
    const starts = await Promise.allSettled(rows.map(row => journal.note(startOf(row))))
    const commits = await Promise.allSettled(rows.map(row => journal.commit(answerOf(row))))
    for (const [n, { status }] of commits.entries()) {
      if (status === 'fulfilled') session.acknowledged.push(rows[n] ?? -1)
    }
    for (const result of [...starts, ...commits]) if (result.status === 'rejected') session.refused.push(result.reason)
  }
  await journal.close()
  return { ...session, failure: journal.failure }
}

/** Every operation, failing from the nth on until the session does not come that far: SQLite's way of testing. */
const eachFault = async (
  operations: readonly FileOperation[],
  attempt: (fault: Fault) => Promise<boolean>,
): Promise<number> => {
  let count = 0
  for (const operation of operations) {
    for (const forGood of [false, true]) {
      for (let nth = 1; await attempt({ operation, nth, forGood }); nth++) count += 1
    }
  }
  return count
}

const expectAll = (rows: readonly number[], records: readonly JournalRecord[]): void => {
  expect(answeredRows(records)).toEqual(expect.arrayContaining([...rows]))
  expect(new Set(answeredRows(records)).size).toBe(answeredRows(records).length)
}

// Sweeps open a journal hundreds of times: how long that takes is the disk's affair.
vi.setConfig({ testTimeout: 120_000 })

describe('a disk that fails while the journal is written', () => {
  it('D2: whatever operation fails, once or for good, no acknowledged answer is lost and the journal opens again', async () => {
    const count = await eachFault(fileOperations, async fault => {
      const folder = await makeFolder()
      const emergencyFolder = await makeFolder()
      const { files, fired } = faultyFiles(fault)
      const session = await runSession(folder, { files, emergencyFolder })
      for (const error of session.refused) expect(error.code).toBe('disk')
      expectAll(session.acknowledged, (await readJournal(folder)).records)
      const next = await runSession(folder, { files: watchFiles(), emergencyFolder, base: 100 })
      expect(next.acknowledged).toHaveLength(rounds * perRound)
      expectAll([...session.acknowledged, ...next.acknowledged], (await readJournal(folder)).records)
      return fired()
    })
    expect(count).toBeGreaterThan(50)
  })

  it('D2: whatever fails in the run folder, an answer that was not acknowledged is in the emergency file', async () => {
    await eachFault(['write', 'datasync', 'syncFolder', 'rename', 'open', 'stat'], async fault => {
      const folder = await makeFolder()
      const emergencyFolder = await makeFolder()
      const { files, fired } = faultyFiles({ ...fault, within: folder })
      const session = await runSession(folder, { files, emergencyFolder })
      if (!session.opened) return fired()
      const [saved] = await readdir(emergencyFolder)
      const target = /copy that file to (\S+) before/.exec(session.failure?.hint ?? '')?.[1]
      expect(target === undefined).toBe(saved === undefined)
      if (saved !== undefined && target !== undefined) {
        expect(session.failure?.hint).toContain(path.join(emergencyFolder, saved))
        await copyFile(path.join(emergencyFolder, saved), target)
      }
      expectAll(allRows, (await readJournal(folder)).records)
      return fired()
    })
  })

  it('D2: whatever fails while answers are being saved after a failed sync, they are in the journal or beside it', async () => {
    const count = await eachFault(fileOperations, async fault => {
      const folder = await makeFolder()
      const emergencyFolder = await makeFolder()
      const { files, fired } = faultyFiles({ ...fault, within: folder, afterSyncFault: true })
      const session = await runSession(folder, { files, emergencyFolder })
      expectAll(session.acknowledged, (await readJournal(folder)).records)
      const [saved] = await readdir(emergencyFolder)
      const target = /copy that file to (\S+) before/.exec(session.failure?.hint ?? '')?.[1]
      if (saved !== undefined) await copyFile(path.join(emergencyFolder, saved), target ?? '')
      expectAll(allRows, (await readJournal(folder)).records)
      return fired()
    })
    expect(count).toBeGreaterThan(15)
  })

  it('D9: whatever operation fails, once or for good, while a torn journal is mended, nothing is lost and it is mended in the end', async () => {
    const kept = [201, 202, 203]
    const lines = kept.map((row, index) => encodeRecord(index + 1, answerOf(row)))
    const torn = Buffer.concat([...lines, encodeRecord(4, answerOf(204)).subarray(0, 60)])
    const count = await eachFault(fileOperations, async fault => {
      const folder = await makeFolder()
      const emergencyFolder = await makeFolder()
      await writeFile(segmentPath(folder, 1), torn)
      const { files, fired } = faultyFiles({ ...fault, within: folder })
      const session = await runSession(folder, { files, emergencyFolder, rounds: 1 })
      expectAll([...kept, ...session.acknowledged], (await readJournal(folder)).records)
      const next = await runSession(folder, { files: watchFiles(), emergencyFolder, rounds: 1, base: 100 })
      expect(next.acknowledged).toHaveLength(perRound)
      expectAll([...kept, ...session.acknowledged, ...next.acknowledged], (await readJournal(folder)).records)
      const aside = (await readdir(folder)).filter(name => name.includes('.torn-'))
      const bytes = await Promise.all(aside.map(name => readFile(path.join(folder, name))))
      expect(bytes.some(each => each.equals(torn.subarray(torn.length - 60)))).toBe(true)
      return fired()
    })
    expect(count).toBeGreaterThan(20)
  })

  it('D2: what was acknowledged survives a loss of power at any moment, also after a failed sync', async () => {
    await eachFault(['write', 'datasync', 'rename', 'open'], async fault => {
      const folder = await makeFolder()
      const power = createPowerLoss(folder)
      const { files, fired } = faultyFiles(
        { ...fault, within: folder },
        {
          after: call => power.after(call),
          failed: call => {
            if (call.operation === 'datasync') power.failed(call)
          },
        },
      )
      const emergencyFolder = await makeFolder()
      const acknowledged: number[] = []
      let seen = 0
      const check = async (): Promise<void> => {
        const target = await makeFolder()
        power.restore(target)
        expectAll(acknowledged, (await readJournal(target)).records)
        seen += 1
      }
      const journal = await openJournal(folder, { files, lingerMs: 0, reserveBytes: 0, emergencyFolder }).catch(
        () => undefined,
      )
      for (const row of journal === undefined ? [] : [0, 1, 2, 3, 4, 5]) {
        await Promise.allSettled([
          journal?.note(startOf(row)),
          journal?.commit(answerOf(row)).then(() => acknowledged.push(row)),
        ])
        await check()
      }
      await journal?.close()
      await check()
      expect(seen).toBeGreaterThan(0)
      return fired()
    })
  })
})

/** Opens a journal on a disk that a test fails at will; answers wait for no company. */
const openOn = async (before: (call: FileCall) => void, folder?: string) => {
  const at = folder ?? (await makeFolder())
  const emergencyFolder = await makeFolder()
  const files = watchFiles({ before })
  const journal = await openJournal(at, { files, lingerMs: 0, reserveBytes: 4096, emergencyFolder })
  return { folder: at, emergencyFolder, files, journal }
}

describe('a disk that is full', () => {
  it('D1: gives up its reserve to save what is in flight, and says at once that sending must stop', async () => {
    let full = false
    const { folder, journal } = await openOn(call => {
      if (full && call.operation === 'write') throw systemError('ENOSPC')
      // Deleting the reserve makes room.
      if (call.operation === 'unlink' && call.path.endsWith('reserve')) full = false
    })
    await journal.commit(answerOf(1))
    full = true
    const inFlight = [journal.commit(answerOf(2)), journal.commit(answerOf(3))]
    const failure = await journal.failed
    expect(failure).toMatchObject({ code: 'disk', exitCode: 1 })
    expect(failure.message).toBe(`The journal in ${folder} cannot be written: the disk is full (ENOSPC)`)
    await Promise.all(inFlight)
    await expect(journal.note(startOf(4))).rejects.toBe(failure)
    await journal.commit(answerOf(5))
    await journal.close()
    expect(answeredRows((await readJournal(folder)).records)).toEqual([1, 2, 3, 5])
    expect(await readdir(folder)).toEqual(['journal-0001.jsonl'])
  })

  it('D1: refuses everything when the reserve is not enough, and keeps it in the emergency file', async () => {
    let full = false
    const { folder, emergencyFolder, journal } = await openOn(call => {
      if (full && call.operation === 'write' && call.path.startsWith(folder)) throw systemError('ENOSPC')
    })
    await journal.commit(answerOf(1))
    full = true
    const refused = await Promise.allSettled([journal.commit(answerOf(2)), journal.note(startOf(3))])
    refused.push(...(await Promise.allSettled([journal.commit(answerOf(4)), journal.note(startOf(5))])))
    for (const result of refused) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'disk' } })
    await journal.close()
    const [saved = ''] = await readdir(emergencyFolder)
    const file = path.join(emergencyFolder, saved)
    expect(journal.failure?.hint).toBe(
      `The last records are in ${file}. Mend the disk and copy that file to ${segmentPath(folder, 2)} before you give the same command again`,
    )
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    await copyFile(file, segmentPath(folder, 2))
    expect(answeredRows((await readJournal(folder)).records)).toEqual([1, 2, 4])
  })

  it('refuses the emergency file when it is copied too late, instead of losing what came after', async () => {
    let full = false
    const { folder, emergencyFolder, journal } = await openOn(call => {
      if (full && call.operation === 'write' && call.path.startsWith(folder)) throw systemError('ENOSPC')
    })
    await journal.commit(answerOf(1))
    full = true
    await Promise.allSettled([journal.commit(answerOf(2))])
    await journal.close()
    const next = await openJournal(folder)
    await next.commit(answerOf(3))
    await next.close()
    const [saved = ''] = await readdir(emergencyFolder)
    await copyFile(path.join(emergencyFolder, saved), segmentPath(folder, 2))
    await expect(readJournal(folder)).rejects.toMatchObject({ code: 'journal_damaged' })
    await rm(segmentPath(folder, 2))
    expect(answeredRows((await readJournal(folder)).records)).toEqual([1, 3])
  })

  it('is noticed when the journal is opened', async () => {
    const folder = await makeFolder()
    const files = watchFiles({
      before(call) {
        if (call.operation === 'write') throw systemError('ENOSPC')
      },
    })
    await expect(openJournal(folder, { files })).rejects.toMatchObject({
      code: 'disk',
      message: `The journal in ${folder} cannot be opened: the disk is full (ENOSPC)`,
    })
  })

  it('D10: goes on in another segment when the file has reached a size limit', async () => {
    let limited = false
    const { folder, journal } = await openOn(call => {
      if (limited && call.operation === 'write' && call.path.endsWith('0001.jsonl')) throw systemError('EFBIG')
    })
    await journal.commit(answerOf(1))
    limited = true
    await journal.commit(answerOf(2))
    await journal.commit(answerOf(3))
    expect(journal.failure?.message).toContain('the file reached the size limit (EFBIG)')
    expect(journal.failure?.hint).toMatch(/ kept\. Raise the limit of a file's size \(ulimit -f\), then give /)
    await journal.close()
    expect(answeredRows((await readJournal(folder)).records)).toEqual([1, 2, 3])
  })
})

describe('a sync that fails', () => {
  it('D4: is never repeated: the records go into a new segment, and later ones follow there', async () => {
    let failing = false
    const syncs: string[] = []
    const { folder, journal } = await openOn(call => {
      if (call.operation !== 'datasync') return
      syncs.push(path.basename(call.path))
      if (failing && call.path.endsWith('0001.jsonl')) throw systemError('EIO')
    })
    await journal.commit(answerOf(1))
    failing = true
    syncs.length = 0
    const positions = await Promise.all([journal.commit(answerOf(2)), journal.commit(answerOf(3))])
    expect(journal.failure?.message).toContain('the disk reports an error (EIO)')
    await journal.commit(answerOf(4))
    await journal.close()
    expect(syncs).toEqual(['journal-0001.jsonl', 'journal-0002.jsonl.tmp', 'journal-0002.jsonl'])
    const { records, positions: read } = await readJournal(folder)
    expect(answeredRows(records)).toEqual([1, 2, 3, 4])
    expect(read.slice(1, 3)).toEqual(positions)
  })

  it('D4: is not repeated either when a write is under way meanwhile', async () => {
    let failing = false
    let passWrite: () => void = () => undefined
    let syncsOfFirst = 0
    const folder = await makeFolder()
    const files = watchFiles({
      before(call): Promise<void> | undefined {
        if (!failing || !call.path.endsWith('0001.jsonl')) return undefined
        if (call.operation === 'datasync') {
          syncsOfFirst += 1
          if (syncsOfFirst === 1) throw systemError('EIO')
        }
        if (call.operation !== 'write' || syncsOfFirst > 0) return undefined
        return call.nth === firstWrite ? undefined : new Promise(resolve => (passWrite = resolve))
      },
    })
    const journal = await openJournal(folder, { files, lingerMs: 0, reserveBytes: 0 })
    await journal.commit(answerOf(1))
    const firstWrite = files.count('write') + 1
    failing = true
    const commits = [journal.commit(answerOf(2))]
    await settle()
    commits.push(journal.commit(answerOf(3)))
    await vi.waitUntil(() => syncsOfFirst > 0)
    await settle()
    passWrite()
    await Promise.all(commits)
    await journal.close()
    expect(syncsOfFirst).toBe(1)
    expect(answeredRows((await readJournal(folder)).records)).toEqual([1, 2, 3])
  })

  it('D4: is not repeated when it failed because the disk is full, although there is room again', async () => {
    let full = false
    const syncs: string[] = []
    const { folder, journal } = await openOn(call => {
      if (call.operation === 'unlink' && call.path.endsWith('reserve')) full = false
      if (call.operation !== 'datasync') return
      syncs.push(path.basename(call.path))
      if (full) throw systemError('ENOSPC')
    })
    await journal.commit(answerOf(1))
    full = true
    syncs.length = 0
    await journal.commit(answerOf(2))
    expect(syncs).toEqual(['journal-0001.jsonl', 'journal-0002.jsonl.tmp'])
    await journal.close()
    expect(answeredRows((await readJournal(folder)).records)).toEqual([1, 2])
  })

  it('D4: gives up the reserve when the new segment finds the disk full', async () => {
    let failing = false
    let full = true
    const { folder, journal } = await openOn(call => {
      if (call.operation === 'unlink' && call.path.endsWith('reserve')) full = false
      if (failing && call.operation === 'datasync' && call.path.endsWith('0001.jsonl')) throw systemError('EIO')
      if (full && call.operation === 'write' && call.path.endsWith('.tmp')) throw systemError('ENOSPC')
    })
    failing = true
    await journal.commit(answerOf(1))
    await journal.close()
    expect(await readdir(folder)).toEqual(['journal-0001.jsonl', 'journal-0002.jsonl'])
  })

  it('asks for the lock before it begins a new segment, and keeps the records elsewhere when it is lost', async () => {
    const folder = await makeFolder()
    const emergencyFolder = await makeFolder()
    const { files } = faultyFiles({ operation: 'datasync', nth: 1, forGood: false, within: folder })
    const lost = new PromptmillError('locked', 'The lock is no longer ours')
    const journal = await openJournal(folder, {
      files,
      emergencyFolder,
      lingerMs: 0,
      reserveBytes: 0,
      beforeSegment: () => Promise.reject(lost),
    })
    await expect(journal.commit(answerOf(1))).rejects.toMatchObject({ code: 'disk' })
    await journal.close()
    expect(await readdir(folder)).toEqual(['journal-0001.jsonl'])
    expect(await readdir(emergencyFolder)).toHaveLength(1)
  })
})

describe('a run folder that goes', () => {
  it.skipIf(process.platform === 'win32')(
    'D7: is noticed although the system takes every write, and the rest is kept elsewhere',
    async () => {
      const { folder, emergencyFolder, journal } = await openOn(() => undefined)
      await journal.commit(answerOf(1))
      await rm(folder, { recursive: true })
      await expect(journal.commit(answerOf(2))).rejects.toMatchObject({
        message: `The journal in ${folder} cannot be written: the folder is gone (ENOENT)`,
      })
      await journal.close()
      expect(await readdir(emergencyFolder)).toHaveLength(1)
    },
  )
})

describe('a session after a kill', () => {
  it('makes durable what it found: it counts as answered from then on', async () => {
    const folder = await makeFolder()
    const power = createPowerLoss(folder)
    const files = watchFiles({ after: call => power.after(call) })
    const killed = await openJournal(folder, { files, reserveBytes: 0 })
    await killed.note(answerOf(1))
    const journal = await openJournal(folder, { files, reserveBytes: 0 })
    const target = await makeFolder()
    power.restore(target)
    expect((await readJournal(target)).records).toEqual([answerOf(1)])
    await journal.close()
    await killed.close()
  })
})

describe('a disk that fails during recovery', () => {
  const whole = Buffer.concat([1, 2, 3].map(n => encodeRecord(n, answerOf(n))))

  it.each([
    ['a torn end', whole.length - 20, [1, 2]],
    ['a missing newline', whole.length - 1, [1, 2, 3]],
    ['nothing to mend', whole.length, [1, 2, 3]],
    ['an empty journal', 0, []],
  ])(
    'D9: with %s, whatever operation fails, it can be opened again and has lost nothing',
    async (_title, bytes, rows) => {
      const count = await eachFault(fileOperations, async fault => {
        const folder = await makeFolder()
        const emergencyFolder = await makeFolder()
        await writeFile(segmentPath(folder, 1), whole.subarray(0, bytes))
        const { files, fired } = faultyFiles({ ...fault, within: folder })
        const session = await runSession(folder, { files, emergencyFolder, base: 100 })
        const next = await runSession(folder, { files: watchFiles(), emergencyFolder, base: 200 })
        expect(next.opened).toBe(true)
        const { records } = await readJournal(folder)
        expectAll([...rows, ...session.acknowledged, ...next.acknowledged], records)
        const names = await readdir(folder)
        const aside = await Promise.all(
          names.filter(name => name.includes('.torn-')).map(name => readFile(path.join(folder, name))),
        )
        const torn = whole.subarray(rows.length * (whole.length / 3), bytes)
        if (rows.length === 2) expect(aside.some(copy => copy.equals(torn))).toBe(true)
        return fired()
      })
      expect(count).toBeGreaterThan(25)
    },
  )
})
