import { describe, expect, it } from 'vitest'
import { readStatus } from '../../src/commands/status.js'
import { parseUsd } from '../../src/core/money.js'
import { createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const statusOf = async (work: Workspace, target = 'in.results.csv') => (await readStatus(work.at(target))).summary

describe('readStatus', () => {
  it('tells what the run told', async () => {
    const work = await createWorkspace()
    const { summary } = await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    expect(await statusOf(work)).toEqual(summary)
  })

  it('takes the run folder as well as the results', async () => {
    const work = await createWorkspace()
    await work.run({ input: await work.write('in.csv', manyPrompts(2)) })
    expect(await statusOf(work, 'in.results.csv.run')).toEqual(await statusOf(work))
  })

  it.each([
    ['answers of every kind', { refusal: 0.2, emptyChoices: 0.2, finishLength: 0.2, noUsage: 0.2 }],
    ['answers after failures', { fault500: 0.1, faultHtml: 0.1, faultCut: 0.1, faultError200: 0.1, faultReset: 0.1 }],
  ])('agrees with the results about %s', async (_title, faults) => {
    const work = await createWorkspace({ ...faults, seed: 3 })
    const input = await work.write('in.csv', manyPrompts(40))
    const { summary } = await work.run({ input, retries: 0 })
    expect(await statusOf(work)).toEqual(summary)
    expect(summary.rows.failed).toBeGreaterThan(0)
    const rows = await work.readCsv('in.results.csv')
    const count = (status: string): number => rows.filter(row => row['status'] === status).length
    expect(summary.rows).toEqual({ total: 40, ok: count('ok'), failed: count('failed'), pending: count('pending') })
    expect(summary.attempts).toBe(rows.reduce((sum, row) => sum + Number(row['attempts']), 0))
  })

  it('counts the rows of the input as it is now: edited and removed ones no longer count, restored ones do again', async () => {
    const work = await createWorkspace()
    const run = (prompts: string) => work.write('in.csv', `prompt\n${prompts}\n`).then(input => work.run({ input }))
    await run('a\nb\nc\nd')
    const edited = await run('a\nx')
    expect(edited.summary.rows).toEqual({ total: 2, ok: 2, failed: 0, pending: 0 })
    expect(await statusOf(work)).toEqual(edited.summary)
    const restored = await run('a\nb\nc\nd\ny')
    expect(restored.plan).toMatchObject({ reused: 4, pending: 1 })
    expect(await statusOf(work)).toEqual(restored.summary)
  })

  it('tells apart what was spent on rows that are edited, removed or not chosen', async () => {
    const work = await createWorkspace()
    const rows = (prompts: string) => work.write('in.csv', `prompt\n${prompts}\n`)
    const ledger = () => parseUsd(work.simulator.ledger().cost_usd) ?? 0n
    await work.run({ input: await rows('a\nb\nc\nd') })
    await work.run({ input: await rows('a\nx\nc'), limit: 2 })
    const { summary, gone } = await readStatus(work.at('in.results.csv'))
    expect(summary.rows.total).toBe(2)
    expect(gone.rows).toEqual({ total: 3, ok: 3, failed: 0, pending: 0 })
    expect((parseUsd(summary.cost_usd ?? '') ?? 0n) + (parseUsd(gone.cost_usd ?? '') ?? 0n)).toBe(ledger())
    await work.run({ input: await rows('a\nb\nc\nd\nx') })
    expect((await readStatus(work.at('in.results.csv'))).gone).toMatchObject({ rows: { total: 0 }, cost_usd: '0' })
  })

  it('counts the call of a row that is gone apart, also where others share its answer', async () => {
    const work = await createWorkspace()
    const rows = (prompts: string) => work.write('in.csv', `prompt\n${prompts}\n`)
    await work.run({ input: await rows('a\nb\na'), dedupe: true })
    await work.run({ input: await rows('b'), dedupe: true })
    const { summary, gone } = await readStatus(work.at('in.results.csv'))
    const sum = (parseUsd(summary.cost_usd ?? '') ?? 0n) + (parseUsd(gone.cost_usd ?? '') ?? 0n)
    expect(sum).toBe(parseUsd(work.simulator.ledger().cost_usd))
  })

  it('names where the prices come from', async () => {
    const work = await createWorkspace()
    const prices = await work.write('p.json', '{"gpt-4o-mini":{"input":1,"output":2}}')
    const input = await work.write('in.csv', manyPrompts(1))
    await work.run({ input, prices })
    await work.run({ input, output: work.at('plain.csv') })
    const { priceSource } = await readStatus(work.at('in.results.csv'))
    expect(priceSource).toMatch(/prices\.json over @pydantic\/genai-prices \d/)
    expect((await readStatus(work.at('plain.csv'))).priceSource).toMatch(/^@pydantic\/genai-prices \d/)
  })

  it('counts rows that are gone although nothing was sent since', async () => {
    const work = await createWorkspace()
    const run = (prompts: string) => work.write('in.csv', `prompt\n${prompts}\n`).then(input => work.run({ input }))
    await run('a\nb\nc')
    const { summary } = await run('c\na')
    expect(summary.rows.total).toBe(2)
    expect(await statusOf(work)).toEqual(summary)
  })

  it('knows from the answers that they are simulated', async () => {
    const work = await createWorkspace()
    await work.run({ input: await work.write('in.csv', manyPrompts(2)) })
    const { manifest, summary } = await readStatus(work.at('in.results.csv'))
    expect(manifest.simulated).toBe(true)
    expect(summary.simulated).toBe(true)
  })

  it('counts rows without a request as failed', async () => {
    const work = await createWorkspace()
    const { summary } = await work.run({
      input: await work.write('in.csv', 'id,prompt\n1,a\n2,\n'),
      badRows: 'fail',
    })
    expect(await statusOf(work)).toEqual(summary)
    expect(summary.failures).toEqual({ empty_prompt: 1 })
  })

  it('tells the rows that were never sent as pending', async () => {
    const work = await createWorkspace({ quotaAfter: 5 })
    const { summary, stop } = await work.run({ input: await work.write('in.csv', manyPrompts(20)), concurrency: 2 })
    expect(stop?.code).toBe('out_of_credit')
    expect(summary.rows).toEqual({ total: 20, ok: 5, failed: 0, pending: 15 })
    expect(await statusOf(work)).toEqual(summary)
  })

  it('refuses what is not a run', async () => {
    const work = await createWorkspace()
    await work.write('some.csv', 'a\n1\n')
    await expect(readStatus(work.at('some.csv'))).rejects.toMatchObject({ code: 'not_a_run', exitCode: 2 })
  })
})
