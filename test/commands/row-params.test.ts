import { describe, expect, it } from 'vitest'
import { estimate } from '../../src/commands/estimate.js'
import { createPorts, createWorkspace } from './workspace.js'

const table = 'id,prompt,model\n1,one,gpt-4o\n2,two,\n3,three,gpt-4.1-nano\n'
const flags = { rowParams: ['model'], outputPrefix: 'x_', model: 'gpt-4o-mini', maxTokens: 20 }

describe('a run whose rows name their models', () => {
  it('sends each to its own, prices it by that, and keeps the cell as it was', async () => {
    const work = await createWorkspace()
    const { summary } = await work.run({ input: await work.write('in.csv', table), ...flags })
    const rows = await work.readCsv('in.results.csv')
    expect(rows.map(row => [row['model'], row['x_model']])).toEqual([
      ['gpt-4o', 'gpt-4o'],
      ['', 'gpt-4o-mini'],
      ['gpt-4.1-nano', 'gpt-4.1-nano'],
    ])
    expect(Object.keys(summary.models).toSorted()).toEqual(['gpt-4.1-nano', 'gpt-4o', 'gpt-4o-mini'])
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
  })

  it('is estimated and capped by the models of its rows', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', table)
    const found = await estimate({ input, ...flags }, createPorts(), { threads: 0 })
    expect(Object.keys(found.models).toSorted()).toEqual(['gpt-4.1-nano', 'gpt-4o', 'gpt-4o-mini'])
    // The answer of gpt-4o alone could cost 20 × $10 per million.
    const { stop, summary } = await work.run({ input, ...flags, maxCost: 0.0001 })
    expect(stop?.code).toBe('budget_exhausted')
    expect(summary.models['gpt-4o']).toBeUndefined()
  })

  it('sends one row anew when its setting is edited', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', table)
    await work.run({ input, ...flags })
    await work.write('in.csv', table.replace('nano', 'mini'))
    const { plan } = await work.run({ input, ...flags })
    expect(plan).toMatchObject({ reused: 2, pending: 1 })
  })

  it('says before it sends which of the models have no known price', async () => {
    const work = await createWorkspace()
    const notices: string[] = []
    const input = await work.write('in.csv', table.replace('gpt-4.1-nano', 'house-model'))
    await work.run({ input, ...flags }, { onNotice: text => void notices.push(text) })
    expect(notices).toEqual([expect.stringContaining('No price is known for house-model')])
  })

  it('sends nothing when params are no object, or stand beside the body of a Batch API line', async () => {
    const work = await createWorkspace()
    const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'
    const lines = [
      '{"prompt":"one","params":{"temperature":0}}',
      '{"prompt":"two","params":["temperature",0]}',
      `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":${body},"params":{"temperature":0}}`,
    ]
    const input = await work.write('in.jsonl', `${lines.join('\n')}\n`)
    const told = await work.run({ input }).catch((error: unknown) => error)
    expect(told).toMatchObject({ code: 'bad_input', exitCode: 2 })
    expect(String(told)).toMatch(/row 2 \(line 2\) "\["temperature",0\]": params must be an object/)
    expect(String(told)).toMatch(/row 3 \(line 3, a\): a Batch API line is sent as it is/)
    expect(work.simulator.ledger().calls).toBe(0)
    const { summary } = await work.run({ input, badRows: 'fail' })
    expect(summary).toMatchObject({ rows: { ok: 1, failed: 2 }, failures: { invalid_param: 2 } })
  })

  it('sends nothing when a setting is wrong, or only the other rows when that is wanted', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt,temperature\none,0.5\ntwo,hot\nthree,3\n')
    const given = { input, rowParams: ['temperature'] }
    const fault = 'row 2 (line 3) "hot", row 3 (line 4) "3": column "temperature" must be a number from 0 to 2'
    await expect(work.run(given)).rejects.toMatchObject({
      message: expect.stringContaining(fault) as string,
      exitCode: 2,
    })
    expect(work.simulator.ledger().calls).toBe(0)
    const { summary } = await work.run({ ...given, badRows: 'fail' })
    expect(summary).toMatchObject({ rows: { ok: 1, failed: 2 }, failures: { invalid_param: 2 } })
    const [, row] = await work.readCsv('in.results.csv')
    expect(row?.['error_message']).toBe('column "temperature" must be a number from 0 to 2: hot')
  })
})
