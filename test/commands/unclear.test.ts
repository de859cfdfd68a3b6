import { describe, expect, it } from 'vitest'
import { readStatus } from '../../src/commands/status.js'
import { parseUsd } from '../../src/core/money.js'
import type { Summary } from '../../src/core/summary.js'
import { openJournal } from '../../src/journal/open.js'
import { startOf } from '../journal/sample-records.js'
import { createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const statusOf = async (work: Workspace): Promise<Summary> => (await readStatus(work.at('in.results.csv'))).summary

/** Leaves a journal as a process that was killed with one call in flight would. */
const cutOff = async (work: Workspace, reserved_usd?: string): Promise<void> => {
  const journal = await openJournal(work.at('in.results.csv.run'))
  await journal.note({ ...startOf(1), reserved_usd })
  await journal.close()
}

describe('calls that may have been billed without an answer', () => {
  it('are counted beside the cost: those that the endpoint charged and nobody saw', async () => {
    const work = await createWorkspace({ faultCut: 0.3, seed: 4 })
    const { summary } = await work.run({ input: await work.write('in.csv', manyPrompts(40)), retries: 3 })
    const { charged_unseen } = work.simulator.ledger()
    expect(charged_unseen).toBeGreaterThan(0)
    expect(summary.unclear).toEqual({ calls: charged_unseen, at_most_usd: null })
    expect(await statusOf(work)).toEqual(summary)
  })

  it('are bounded by what was reserved for them under a cap', async () => {
    const work = await createWorkspace({ faultCut: 0.3, seed: 4 })
    const input = await work.write('in.csv', manyPrompts(40))
    const { summary } = await work.run({ input, retries: 3, maxCost: 1, maxTokens: 100 })
    const { charged_unseen, cost_usd_unseen } = work.simulator.ledger()
    expect(summary.unclear.calls).toBe(charged_unseen)
    expect(parseUsd(summary.unclear.at_most_usd ?? '')).toBeGreaterThanOrEqual(parseUsd(cost_usd_unseen) ?? 0n)
    expect(await statusOf(work)).toEqual(summary)
  })

  it.each([
    ['web pages', { faultHtml: 0.3, seed: 4 }],
    ['errors in place of answers', { faultError200: 0.3, seed: 4 }],
    ['replies cut without a length to tell by', { faultCutSilent: 0.3, seed: 4 }],
  ])('are those with a reply that is none, too: %s', async (_title, faults) => {
    const work = await createWorkspace(faults)
    const input = await work.write('in.csv', manyPrompts(40))
    const { summary } = await work.run({ input, retries: 3, maxCost: 1, maxTokens: 100 })
    const { calls, answered } = work.simulator.ledger()
    expect(summary.unclear.calls).toBe(calls - answered)
    expect(summary.unclear.at_most_usd).not.toBeNull()
    expect(await statusOf(work)).toEqual(summary)
    const again = await work.run({ input, retries: 3, maxCost: 1, maxTokens: 100 })
    expect(again.summary.unclear).toEqual(summary.unclear)
  })

  it('are not those that were refused, or never left', async () => {
    const work = await createWorkspace({ fault429: 0.2, seed: 2 })
    const { summary } = await work.run({ input: await work.write('in.csv', manyPrompts(20)) })
    expect(summary.unclear).toEqual({ calls: 0, at_most_usd: '0' })
  })

  it('stay counted over all sessions: one that a kill cut off too, though its row has an answer by now', async () => {
    const work = await createWorkspace()
    const run = async (count: number) => work.run({ input: await work.write('in.csv', manyPrompts(count)) })
    await run(2)
    await cutOff(work, '0.25')
    expect((await statusOf(work)).unclear).toEqual({ calls: 1, at_most_usd: '0.25' })
    await run(3)
    await cutOff(work, '0.5')
    const { summary } = await run(4)
    expect(summary.unclear).toEqual({ calls: 2, at_most_usd: '0.75' })
    expect((await run(4)).summary).toEqual(summary)
    expect(await statusOf(work)).toEqual(summary)
  })
})
