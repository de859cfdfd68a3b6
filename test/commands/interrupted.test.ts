import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createWorkspace, manyPrompts } from './workspace.js'

/** More than is read between two looks at the signal. */
const rows = 500

describe('a session that is told to end', () => {
  it('reads no further once its signal has come, and changes nothing', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(rows))
    await expect(work.run({ input, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' })
    expect(work.simulator.ledger().calls).toBe(0)
    expect(await readdir(work.folder)).toEqual(['in.csv'])
    const { summary } = await work.run({ input })
    expect(summary.rows.ok).toBe(rows)
  })

  it('leaves the results as they were when it is told so while they are written', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(rows))
    await work.run({ input })
    const earlier = await work.read('in.results.csv')
    await work.write('in.csv', manyPrompts(rows + 1))
    const drop = new AbortController()
    const writing = work.run({ input, dropSignal: drop.signal }, { onWriting: () => drop.abort() })
    await expect(writing).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(await work.read('in.results.csv')).toBe(earlier)
    expect((await readdir(work.folder)).toSorted()).toEqual(['in.csv', 'in.results.csv', 'in.results.csv.run'])

    const { summary } = await work.run({ input })
    expect(summary.rows.ok).toBe(rows + 1)
    expect(work.simulator.ledger().calls).toBe(rows + 1)
    expect(await work.readCsv('in.results.csv')).toHaveLength(rows + 1)
  })
})
