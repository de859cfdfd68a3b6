import { describe, expect, it } from 'vitest'
import { parseUsd } from '../../src/core/money.js'
import { createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const spentOf = (work: Workspace): bigint => {
  const { cost_usd, cost_usd_unseen } = work.simulator.ledger()
  return (parseUsd(cost_usd) ?? 0n) + (parseUsd(cost_usd_unseen) ?? 0n)
}

const usd = (amount: number): bigint => parseUsd(String(amount)) ?? 0n

/** What an answer of the simulator may take at most here. */
const maxTokens = 60

describe('--max-cost', () => {
  it('C3: is never exceeded, is used to at least 95 %, and is told', async () => {
    const work = await createWorkspace({ outputSpread: 0, outputTokens: maxTokens })
    const input = await work.write('in.csv', manyPrompts(300))
    const { stop, summary } = await work.run({ input, maxCost: 0.005, maxTokens })
    expect(stop?.code).toBe('budget_exhausted')
    expect(stop?.hint).toContain('--max-cost')
    expect(spentOf(work)).toBeLessThanOrEqual(usd(0.005))
    expect(spentOf(work)).toBeGreaterThanOrEqual(usd(0.00475))
    expect(summary.rows.pending).toBeGreaterThan(0)
    expect(summary.rows.failed).toBe(0)
  })

  it('C3: holds over all sessions, and a larger one goes on', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(200))
    await work.run({ input, maxCost: 0.001, maxTokens })
    const first = spentOf(work)
    await work.run({ input, maxCost: 0.001, maxTokens })
    expect(spentOf(work)).toBeLessThanOrEqual(usd(0.001))
    await work.run({ input, maxCost: 0.002, maxTokens })
    expect(spentOf(work)).toBeGreaterThan(first)
    expect(spentOf(work)).toBeLessThanOrEqual(usd(0.002))
  })

  it('counts calls that may have been billed, also those that nobody knows about, and after a resume', async () => {
    const faults = { faultCut: 0.2, faultHtml: 0.2, faultStall: 0 }
    const work = await createWorkspace({ ...faults, seed: 4 })
    const input = await work.write('in.csv', manyPrompts(300))
    for (let session = 0; session < 3; session++) {
      await work.run({ input, maxCost: 0.002, maxTokens })
      expect(spentOf(work)).toBeLessThanOrEqual(usd(0.002))
    }
  })

  it('lets everything through that fits', async () => {
    const work = await createWorkspace()
    const { summary, stop } = await work.run({
      input: await work.write('in.csv', manyPrompts(20)),
      maxCost: 1,
      maxTokens,
    })
    expect(stop).toBeUndefined()
    expect(summary.rows.ok).toBe(20)
  })

  it('C2: refuses to start when the price of a model is unknown', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    const run = work.run({ input, model: 'somebody-elses-model', maxCost: 1, maxTokens })
    await expect(run).rejects.toMatchObject({ code: 'bad_price', exitCode: 2 })
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('refuses to start when one row’s own model has no price', async () => {
    const work = await createWorkspace()
    const line = (model: string): string =>
      `{"custom_id":"${model}","method":"POST","url":"/v1/chat/completions","body":{"model":"${model}","max_tokens":5,"messages":[{"role":"user","content":"a"}]}}\n`
    const input = await work.write('in.jsonl', line('gpt-4o-mini') + line('somebody-elses-model'))
    await expect(work.run({ input, maxCost: 1 })).rejects.toMatchObject({ code: 'bad_price' })
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('without --max-tokens reserves the longest answer of the model, and says so', async () => {
    const work = await createWorkspace()
    const notices: string[] = []
    const input = await work.write('in.csv', manyPrompts(3))
    const onNotice = (text: string): void => void notices.push(text)
    const { stop } = await work.run({ input, maxCost: 0.001 }, { onNotice })
    expect(notices.join('\n')).toContain('--max-tokens')
    expect(stop?.code).toBe('budget_exhausted')
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it.each([0, -1, Number.NaN])('refuses a cap of %d', async maxCost => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await expect(work.run({ input, maxCost })).rejects.toMatchObject({ code: 'bad_flag' })
  })
})
