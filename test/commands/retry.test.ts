import { readdir, rename } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import { parseUsd } from '../../src/core/money.js'
import { createPorts, createWorkspace, manyPrompts } from './workspace.js'

describe('retry', () => {
  it('sends the failed rows once more, and those alone', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    const first = await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    const { failed, ok } = first.summary.rows
    expect(failed).toBeGreaterThan(2)
    const before = await work.readCsv('in.results.csv')
    const second = await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(work.simulator.ledger().calls).toBe(30 + failed)
    expect(second.summary.rows.ok).toBeGreaterThan(ok)
    const after = await work.readCsv('in.results.csv')
    for (const [index, row] of before.entries()) if (row['status'] === 'ok') expect(after[index]).toEqual(row)
  })

  it('keeps what the failed attempts cost in the row and in the totals', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    const { summary } = await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
    const rows = await work.readCsv('in.results.csv')
    const sum = rows.reduce((total, row) => total + (parseUsd(row['cost_usd'] ?? '') ?? 0n), 0n)
    expect(sum).toBe(parseUsd(summary.cost_usd ?? ''))
    expect(rows.filter(row => row['attempts'] === '2' && row['status'] === 'ok').length).toBeGreaterThan(0)
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
  })

  it('leaves rows failed that are not reached before the run stops', async () => {
    const work = await createWorkspace({ emptyChoices: 1, seed: 5, quotaAfter: 12 })
    await work.run({ input: await work.write('in.csv', manyPrompts(10)) })
    const { summary, stop } = await retry({ results: work.at('in.results.csv'), concurrency: 1 }, createPorts())
    expect(stop?.code).toBe('out_of_credit')
    expect(summary.rows).toEqual({ total: 10, ok: 0, failed: 10, pending: 0 })
  })

  it('is not done by the run command: rows that failed for good stay failed', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', manyPrompts(5))
    await work.run({ input })
    const { summary } = await work.run({ input })
    expect(summary.rows.failed).toBe(5)
    expect(work.simulator.ledger().calls).toBe(5)
  })

  it('sends with the settings of the run, also when results and run folder were moved', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', manyPrompts(2))
    await work.run({ input, prompt: 'Shout: {{prompt}}', maxTokens: 9 })
    await rename(work.at('in.results.csv'), work.at('moved.csv'))
    await rename(work.at('in.results.csv.run'), work.at('moved.csv.run'))
    await retry({ results: work.at('moved.csv') }, createPorts())
    const keys = new Set(work.simulator.calls().map(call => call.key))
    expect(work.simulator.ledger().calls).toBe(4)
    expect(keys.size).toBe(2)
    expect((await readdir(work.folder)).toSorted()).toEqual(['in.csv', 'moved.csv', 'moved.csv.run'])
  })
})
