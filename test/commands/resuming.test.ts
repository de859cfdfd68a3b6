import { describe, expect, it } from 'vitest'
import type { PlanCounts } from '../../src/commands/ports.js'
import { run } from '../../src/commands/run.js'
import { createPorts, createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const table = (rows: readonly (readonly [id: string, prompt: string])[]): string =>
  `id,prompt\n${rows.map(row => `${row.join(',')}\n`).join('')}`

const rows = [
  ['a', 'one'],
  ['b', 'two'],
  ['c', 'three'],
  ['d', 'four'],
] as const

/** Runs the rows, then the edited ones; tells what was said of the second session before anything was sent. */
const resume = async (
  work: Workspace,
  edited: readonly (readonly [string, string])[],
  idColumn?: string,
): Promise<PlanCounts | undefined> => {
  const input = await work.write('in.csv', table(rows))
  await work.run({ input, idColumn })
  await work.write('in.csv', table(edited))
  let told: PlanCounts | undefined
  const calls = work.simulator.ledger().calls
  const onPlan = (plan: PlanCounts): void => {
    expect(work.simulator.ledger().calls).toBe(calls)
    told = plan
  }
  await work.run({ input, idColumn }, { onPlan })
  return told
}

const same = { moved: 0, edited: 0, new: 0, removed: 0, faulty: 0, copies: 0 }
const [a, b, c, d] = rows
const x = ['x', 'new'] as const
const edited = ['b', 'two and a half'] as const

describe('a resumed run tells how its input changed', () => {
  it.each([
    ['nothing', rows, { ...same, rows: 4, reused: 4, pending: 0 }],
    ['an edit', [a, edited, c, d], { ...same, rows: 4, reused: 3, edited: 1, pending: 1 }],
    ['a row at the end', [...rows, x], { ...same, rows: 5, reused: 4, new: 1, pending: 1 }],
    ['a row gone from the end', [a, b, c], { ...same, rows: 3, reused: 3, removed: 1, pending: 0 }],
    ['a row put in at the top', [x, ...rows], { ...same, rows: 5, reused: 4, moved: 4, new: 1, pending: 1 }],
    ['two rows that changed places', [b, a, c, d], { ...same, rows: 4, reused: 4, moved: 2, pending: 0 }],
    ['a row taken out', [a, c, d], { ...same, rows: 3, reused: 3, moved: 2, removed: 1, pending: 0 }],
    [
      'all of it at once',
      [d, a, edited, x],
      { ...same, rows: 4, reused: 2, moved: 2, edited: 1, new: 1, removed: 1, pending: 2 },
    ],
  ] as const)('%s', async (_title, after, counts) => {
    expect(await resume(await createWorkspace(), after)).toEqual(counts)
  })

  it('and that nothing was sent, when rows are only gone', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', table(rows))
    await work.run({ input })
    await work.write('in.csv', table([a, b, c]))
    expect((await work.run({ input })).session).toMatchObject({ sentMs: 0, settled: 0 })
  })

  it.each([
    ['an edited row that moved', [edited, a, c, d], { rows: 4, reused: 3, moved: 1, edited: 1, new: 0, removed: 0 }],
    ['a row in the place of another', [a, x, c, d], { rows: 4, reused: 3, moved: 0, edited: 0, new: 1, removed: 1 }],
  ] as const)('by the ids of the rows where there are some: %s', async (_title, after, counts) => {
    expect(await resume(await createWorkspace(), after, 'id')).toMatchObject(counts)
  })

  it('and by the custom_id of Batch API lines', async () => {
    const work = await createWorkspace()
    const line = (id: string, content: string): string =>
      `${JSON.stringify({ custom_id: id, url: '/v1/chat/completions', body: { messages: [{ role: 'user', content }] } })}\n`
    const input = await work.write('in.jsonl', line('a', 'one') + line('b', 'two'))
    await work.run({ input })
    await work.write('in.jsonl', line('b', 'other') + line('a', 'one'))
    const { plan } = await work.run({ input })
    expect(plan).toMatchObject({ reused: 1, moved: 1, edited: 1, new: 0, removed: 0 })
  })

  it('since the session before alone: what is told once is not told again', async () => {
    const work = await createWorkspace()
    await resume(work, [x, a, edited, c])
    const { plan } = await work.run({ input: work.at('in.csv') })
    expect(plan).toEqual({ ...same, rows: 4, reused: 4, pending: 0 })
  })

  it('calls rows that were left over neither new nor edited', async () => {
    const work = await createWorkspace({ quotaAfter: 10 })
    const input = await work.write('in.csv', manyPrompts(30))
    const { stop } = await work.run({ input, concurrency: 1 })
    expect(stop?.code).toBe('out_of_credit')
    await work.write('in.csv', `${manyPrompts(30)}31,"One more"\n`)
    const { plan } = await work.run({ input, concurrency: 1 })
    expect(plan).toEqual({ ...same, rows: 31, reused: 10, new: 1, pending: 21 })
  })

  it('and calls all rows of a first session new', async () => {
    const work = await createWorkspace()
    const { plan } = await work.run({ input: await work.write('in.csv', table(rows)) })
    expect(plan).toEqual({ ...same, rows: 4, reused: 0, new: 4, pending: 4 })
  })
})

describe('a setting that concerns some rows alone', () => {
  it('stops the run before those are paid for again', async () => {
    const work = await createWorkspace()
    const own = JSON.stringify({
      messages: [
        { role: 'system', content: 'Brief' },
        { role: 'user', content: 'Hi' },
      ],
    })
    const other = JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] })
    const input = await work.write('in.jsonl', `${own}\n${other}\n`)
    await work.run({ input, system: 'Be kind' })
    const options = { input, system: 'Be unkind', model: 'gpt-4o-mini', baseUrl: work.simulator.url }
    const error: unknown = await run(options, createPorts()).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'settings_changed',
      message: expect.stringMatching(/^--system .*: 1 row would/),
    })
    expect(work.simulator.ledger().calls).toBe(2)
    const { plan } = await work.run({ ...options, changed: 'resend' })
    expect(plan).toMatchObject({ reused: 1, edited: 1, pending: 1 })
  })
})
