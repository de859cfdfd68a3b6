import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readStatus } from '../../src/commands/status.js'
import { journalFormat } from '../../src/core/records.js'
import { inspectJournal } from '../../src/journal/inspect.js'
import { encodeRecord } from '../../src/journal/record-line.js'
import { createWorkspace, type Workspace } from '../commands/workspace.js'
import { readJournal } from './read-journal.js'
import { runRecord } from './sample-records.js'

/**
 * A run as version 0.1.0 left it, with records of every kind: four rows, of which one failed, one was answered at the
 * second try, and one was gone for a session. These files stay as they are when the format grows.
 */
const openOld = async (format: number): Promise<Workspace> => {
  const work = await createWorkspace()
  const kept = path.join(import.meta.dirname, `format-${format}`)
  await cp(path.join(kept, 'in.csv'), work.at('in.csv'))
  await cp(path.join(kept, 'run-folder'), work.at('in.results.csv.run'), { recursive: true })
  return work
}

/** The kinds of record that version 0.1.0 began with. */
const kindsThen = ['run', 'start', 'answer', 'failure', 'unknown', 'removed', 'restored', 'lost', 'end']

describe('a journal of format 1', () => {
  it('has records of every kind of its time', async () => {
    const work = await openOld(1)
    const { records } = await readJournal(work.at('in.results.csv.run'))
    expect(new Set(records.map(({ kind }) => kind))).toEqual(new Set(kindsThen))
    expect((await inspectJournal(work.at('in.results.csv.run'))).damage).toEqual([])
  })

  it('tells what stands', async () => {
    const work = await openOld(1)
    const { summary } = await readStatus(work.at('in.results.csv'))
    expect(summary.rows).toEqual({ total: 4, ok: 3, failed: 1, pending: 0 })
    expect(summary.failures).toEqual({ bad_request: 1 })
    expect(summary.tokens).toMatchObject({ prompt: 36, completion: 15 })
  })

  it('is gone on with: nothing is sent again, and the results are those of its answers', async () => {
    const work = await openOld(1)
    await work.run({ input: work.at('in.csv') })
    expect(work.simulator.ledger().calls).toBe(0)
    const rows = await work.readCsv('in.results.csv')
    expect(rows.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(['ok 1', 'ok 2', 'failed 1', 'ok 1'])
    expect(rows[1]?.['response']).toBe('Re: How far is the moon?')
  })
})

describe('a journal of a format to come', () => {
  it('is refused with the version that wrote it, and left as it is', async () => {
    const work = await openOld(1)
    const file = work.at('in.results.csv.run/journal-0001.jsonl')
    const record = { ...runRecord, format: journalFormat + 1, version: '9.9.9' }
    await writeFile(file, encodeRecord(1, record))
    const refusal = { code: 'not_a_run', message: expect.stringContaining('newer version (promptmill 9.9.9)') }
    await expect(work.run({ input: work.at('in.csv') })).rejects.toMatchObject(refusal)
    await expect(readStatus(work.at('in.results.csv'))).rejects.toMatchObject(refusal)
    expect(await readFile(file)).toEqual(encodeRecord(1, record))
  })
})
