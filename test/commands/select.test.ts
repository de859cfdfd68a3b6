import { describe, expect, it } from 'vitest'
import { check } from '../../src/commands/check.js'
import { retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import { createPorts, createWorkspace, manyPrompts } from './workspace.js'

describe('a run whose columns are chosen', () => {
  it('writes these alone, and retry and status work as ever: the journal is the truth', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    const input = await work.write('in.csv', manyPrompts(20))
    const { summary } = await work.run({ input, select: ['response,id', 'cost_usd'] })
    expect(summary.rows.failed).toBeGreaterThan(0)
    const header = 'response,id,cost_usd\n'
    expect(await work.read('in.results.csv')).toMatch(new RegExp(`^${header}`))
    await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(await work.read('in.results.csv')).toMatch(new RegExp(`^${header}`))
    const status = await readStatus(work.at('in.results.csv'))
    expect(status.summary.rows.total).toBe(20)
    expect(status.summary.attempts).toBe(20 + summary.rows.failed)
  })

  it('stand so in the results that a retry writes, also when nothing was sent in between', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'id,prompt\n1,a\n')
    await work.run({ input })
    await work.run({ input, select: ['id', 'status'] })
    await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(await work.read('in.results.csv')).toBe('id,status\n1,ok\n')
  })

  it('shows all of them again without the choice, and sends nothing for it', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.jsonl', '{"prompt":"one","n":1.0}\n{"prompt":"two"}\n')
    await work.run({ input, select: ['n', 'status'] })
    expect(await work.read('in.results.jsonl')).toBe('{"n":1.0,"status":"ok"}\n{"n":null,"status":"ok"}\n')
    await work.run({ input })
    expect(await work.read('in.results.jsonl')).toMatch(/^\{"prompt":"one","n":1\.0,"response":/)
    expect(work.simulator.ledger().calls).toBe(2)
  })

  it('sends nothing when a column is misspelt, in a table or in any line of a JSONL file', async () => {
    const work = await createWorkspace()
    const table = await work.write('in.csv', manyPrompts(3))
    const lines = await work.write('in.jsonl', '{"prompt":"one"}\n{"prompt":"two","note":"x"}\n')
    await expect(work.run({ input: table, select: ['prmpt'] })).rejects.toMatchObject({
      message: '--select names "prmpt", which is no column of the results',
    })
    await expect(work.run({ input: lines, select: ['nota'] })).rejects.toMatchObject({
      hint: expect.stringContaining('Did you mean "note"?') as string,
    })
    const found = check({ input: lines, model: 'gpt-4o-mini', select: ['nota'] }, createPorts(), { threads: 0 })
    await expect(found).rejects.toMatchObject({ exitCode: 2 })
    expect(work.simulator.ledger().calls).toBe(0)
  })
})
