import { describe, expect, it } from 'vitest'
import { check } from '../../src/commands/check.js'
import { estimate } from '../../src/commands/estimate.js'
import { retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import { createPorts, createWorkspace, manyPrompts } from './workspace.js'

const ids = (rows: readonly Readonly<Record<string, string>>[]): string[] => rows.map(row => row['id'] ?? '')

describe('a run of some rows', () => {
  it('writes these rows alone, and the whole run later reuses their answers', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(20))
    const { summary } = await work.run({ input, limit: 4, shuffleSeed: 5 })
    const tried = await work.readCsv('in.results.csv')
    expect(summary.rows).toEqual({ total: 4, ok: 4, failed: 0, pending: 0 })
    expect(tried).toHaveLength(4)
    expect(work.simulator.ledger().calls).toBe(4)
    const whole = await work.run({ input })
    expect(whole.plan).toMatchObject({ rows: 20, reused: 4, pending: 16, faulty: 0, removed: 0 })
    expect(work.simulator.ledger().calls).toBe(20)
    const rows = await work.readCsv('in.results.csv')
    expect(ids(rows)).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)))
    for (const row of tried) expect(rows).toContainEqual(row)
  })

  it('loses nothing of the rows that a later choice leaves out, and status counts the chosen ones', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(12))
    await work.run({ input })
    const before = await work.read('in.results.csv')
    for (const choice of [{ limit: 3 }, { offset: 2, limit: 5 }, { where: ['id=7'] }]) {
      const { summary, plan } = await work.run({ input, ...choice })
      expect(plan).toMatchObject({ pending: 0, removed: 0 })
      const rows = await work.readCsv('in.results.csv')
      expect(summary.rows).toEqual({ total: rows.length, ok: rows.length, failed: 0, pending: 0 })
      const status = await readStatus(work.at('in.results.csv'))
      expect(status.summary).toEqual(summary)
    }
    const { summary } = await work.run({ input })
    expect(work.simulator.ledger().calls).toBe(12)
    expect(await work.read('in.results.csv')).toBe(before)
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
  })

  it('writes nothing into the journal when the same choice is given again', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(6))
    await work.run({ input })
    await work.run({ input, limit: 2 })
    const journal = await work.read('in.results.csv.run/journal-0001.jsonl')
    await work.run({ input, limit: 2 })
    expect(await work.read('in.results.csv.run/journal-0001.jsonl')).toBe(journal)
  })

  it('is not disturbed by faults in rows that are not chosen', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'id,prompt\n1,one\n2,\n3,three\n')
    const { summary } = await work.run({ input, where: ['id!=2'] })
    expect(summary.rows).toEqual({ total: 2, ok: 2, failed: 0, pending: 0 })
  })

  it('is estimated and checked as it would be sent', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'id,prompt\n1,one\n2,two\n3,\n4,four\n')
    const options = { input, model: 'gpt-4o-mini', limit: 2 }
    const found = await estimate(options, createPorts(), { threads: 0 })
    expect(found.rows).toEqual({ total: 2, pending: 2, ok: 0, failed: 0, copies: 0 })
    expect(await check(options, createPorts(), { threads: 0 })).toMatchObject({ rows: 2, ok: true })
    expect(await check({ ...options, limit: 3 }, createPorts(), { threads: 0 })).toMatchObject({ rows: 3, ok: false })
  })

  it('is re-run with its choice', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', manyPrompts(9))
    await work.run({ input, offset: 3, limit: 2 })
    const { summary } = await retry({ results: work.at('in.results.csv'), baseUrl: work.simulator.url }, createPorts())
    expect(summary.rows).toEqual({ total: 2, ok: 0, failed: 2, pending: 0 })
    expect(ids(await work.readCsv('in.results.csv'))).toEqual(['4', '5'])
    expect(work.simulator.ledger().calls).toBe(4)
  })
})
