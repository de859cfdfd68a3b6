import { describe, expect, it } from 'vitest'
import { pickAtRandom } from '../../../src/commands/estimate/sample.js'
import { type EstimateOptions, estimate } from '../../../src/commands/estimate.js'
import { createRowTable } from '../../../src/commands/plan/row-table.js'
import { parseUsd } from '../../../src/core/money.js'
import { createRandom } from '../../../src/core/random.js'
import { createPorts, createRealEndpoint, createWorkspace, manyPrompts, type Workspace } from '../workspace.js'

/** The same rows each time: of true chance, one prediction in twenty misses. */
const look = (work: Workspace, options: EstimateOptions) => {
  const ports = { ...createPorts(), random: createRandom(1) }
  return estimate({ model: 'gpt-4o-mini', baseUrl: work.simulator.url, ...options }, ports, { threads: 0 })
}

describe('a sample', () => {
  it('sends so many rows and keeps their answers for the run', async () => {
    const work = await createWorkspace({ outputTokens: 40, outputSpread: 0.8 })
    const input = await work.write('in.csv', manyPrompts(200))
    const { rows, answers, spent } = await look(work, { input, sample: 50 })
    const ledger = work.simulator.ledger()
    expect(ledger.calls).toBe(50)
    expect(rows).toEqual({ total: 200, pending: 150, ok: 50, failed: 0, copies: 0 })
    expect(spent.cost_usd).toBe(ledger.cost_usd)
    expect(answers).toMatchObject({ source: 'sample', seen: 50 })
    expect(answers.tokens.low).toBeLessThan(answers.tokens.expected)
    expect(answers.tokens.expected * 50).toBeCloseTo(ledger.completion_tokens, -1)
    await work.run({ input })
    expect(work.simulator.ledger().calls).toBe(200)
  })

  it('predicts what the run then costs', async () => {
    const work = await createWorkspace({ outputTokens: 40, outputSpread: 0.8, seed: 5 })
    const input = await work.write('in.csv', manyPrompts(600))
    const { cost_usd, spent } = await look(work, { input, sample: 60 })
    const { summary } = await work.run({ input })
    const rest = (parseUsd(summary.cost_usd ?? '') ?? 0n) - (parseUsd(spent.cost_usd ?? '') ?? 0n)
    expect(rest).toBeGreaterThan(parseUsd(cost_usd?.low ?? '') ?? 0n)
    expect(rest).toBeLessThan(parseUsd(cost_usd?.high ?? '') ?? 0n)
  })

  it('says that the answers are made up where they are, and takes no time from them', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(20))
    const { answers, spent, duration, warnings } = await look(work, { input, sample: 6 })
    expect([answers.simulated, spent.simulated, duration.measured]).toEqual([true, true, false])
    expect(warnings.join('\n')).toContain('The answers of the sample are simulated')
    const baseUrl = await createRealEndpoint()
    const real = await look(work, { input, baseUrl, sample: 6, output: work.at('real.csv') })
    expect([real.answers.simulated, real.spent.simulated, real.duration.measured]).toEqual([false, false, true])
    expect(real.warnings).toEqual([])
  })

  it('leaves the rows that it did not send pending in the results', async () => {
    const work = await createWorkspace()
    await look(work, { input: await work.write('in.csv', manyPrompts(20)), sample: 5 })
    const statuses = (await work.readCsv('in.results.csv')).map(row => row['status'])
    expect(statuses.filter(status => status === 'ok')).toHaveLength(5)
    expect(statuses.filter(status => status === 'pending')).toHaveLength(15)
  })

  it('says when rows of it brought no answer', async () => {
    const work = await createWorkspace({ emptyChoices: 0.5 })
    const { warnings, answers } = await look(work, { input: await work.write('in.csv', manyPrompts(60)), sample: 40 })
    expect(answers.seen).toBeLessThan(40)
    expect(warnings.join('\n')).toContain(`Of 40 rows in the sample ${answers.seen} brought an answer`)
  })

  it('sends nothing when it is larger than the file, or the rows cannot be read twice', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(5))
    await expect(look(work, { input, sample: 6 })).rejects.toThrow('--sample 6: there are 5 rows to send')
    await expect(look(work, { input: [{ prompt: 'a' }], sample: 2 })).rejects.toThrow('--sample needs a file')
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('ends when the endpoint ends it, and keeps what was answered', async () => {
    const work = await createWorkspace({ quotaAfter: 3 })
    const input = await work.write('in.csv', manyPrompts(30))
    await expect(look(work, { input, sample: 20 })).rejects.toMatchObject({ code: 'endpoint', exitCode: 1 })
    expect((await work.readCsv('in.results.csv')).filter(row => row['status'] === 'ok')).toHaveLength(3)
  })
})

describe('pickAtRandom', () => {
  it('takes each unsent row as often as any other', () => {
    const table = createRowTable()
    for (let row = 0; row < 20; row++) table.push(row % 2 === 0 ? 'pending' : 'settled', 0)
    const random = createRandom(1)
    const times = new Map<number, number>()
    for (let round = 0; round < 4000; round++) {
      const picked = pickAtRandom(table, 3, random)
      expect(picked.size).toBe(3)
      for (const row of picked) times.set(row, (times.get(row) ?? 0) + 1)
    }
    expect([...times.keys()].toSorted((a, b) => a - b)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
    // 1,200 expected; the standard deviation is 29.
    for (const count of times.values()) expect(Math.abs(count - 1200)).toBeLessThan(150)
  })
})
