import { readFile, rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { estimate } from '../../../src/commands/estimate.js'
import { listPrices } from '../../../src/commands/list-prices.js'
import { retry } from '../../../src/commands/retry.js'
import { readStatus } from '../../../src/commands/status.js'
import { createPorts, createWorkspace, manyPrompts } from '../workspace.js'

const own = JSON.stringify({ 'my-own-model': { input: 1, output: 10 } })

describe('a run with a price file', () => {
  it('costs what its estimate said, in the results, in the status and for the next session', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(4))
    const prices = await work.write('p.json', own)
    const options = { input, model: 'my-own-model', maxTokens: 1, prices, baseUrl: work.simulator.url }
    const { cost_usd } = await estimate(options, createPorts(), { threads: 0 })
    const { summary } = await work.run(options)
    expect(summary.cost_unknown_rows).toBe(0)
    expect(summary.cost_usd).toBe(cost_usd?.expected)
    await rm(prices)
    const { manifest, summary: status } = await readStatus(work.at('in.results.csv'))
    expect(status.cost_usd).toBe(summary.cost_usd)
    expect(manifest.prices.source).toContain('p.json over')
    const again = await retry({ results: work.at('in.results.csv'), baseUrl: work.simulator.url }, createPorts())
    expect(again.summary.cost_usd).toBe(summary.cost_usd)
    expect(await readFile(work.at('in.results.csv.run/prices.json'), 'utf8')).toBe(own)
  })

  it('keeps its unknown cost without one', async () => {
    const work = await createWorkspace()
    await work.run({ input: await work.write('in.csv', manyPrompts(2)), model: 'my-own-model' })
    expect((await readStatus(work.at('in.results.csv'))).summary.cost_usd).toBeNull()
    const prices = await work.write('p.json', own)
    expect((await readStatus(work.at('in.results.csv'), prices)).summary.cost_unknown_rows).toBe(0)
  })

  it('sends nothing when the file is wrong or missing', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    const prices = await work.write('p.json', '{"a":{"input":-1,"output":1}}')
    await expect(work.run({ input, prices })).rejects.toMatchObject({ code: 'bad_price', exitCode: 2 })
    await expect(work.run({ input, prices: work.at('no.json') })).rejects.toMatchObject({
      code: 'bad_price',
      message: expect.stringMatching(/^--prices .*no\.json cannot be read: there is no such file$/),
      hint: expect.stringContaining('Check the spelling'),
    })
    expect(work.simulator.ledger().calls).toBe(0)
  })
})

describe('listPrices', () => {
  const at = new Date('2026-11-24')

  it('lists every tier of a model', async () => {
    const { prices, date } = await listPrices('gpt-4.1', undefined, at)
    expect(date).toBe('2026-11-24')
    expect(
      prices.map(({ service_tier, input, cached_input, output }) => [service_tier, input, cached_input, output]),
    ).toEqual([
      ['standard', '2', '0.5', '8'],
      ['batch', '1', '0.25', '4'],
      ['flex', '1', '0.25', '4'],
      ['priority', '3.5', '0.875', '14'],
    ])
  })

  it('lists long prompts apart', async () => {
    const { prices } = await listPrices('gpt-5.6-sol', undefined, at)
    expect(prices.slice(0, 2)).toMatchObject([
      { from_prompt_tokens: 0, input: '4', cache_write: '5', output: '20' },
      { from_prompt_tokens: 272_000, input: '8', output: '30' },
    ])
  })

  it('lists all models, those of a file too', async () => {
    const work = await createWorkspace()
    const { prices } = await listPrices(undefined, await work.write('p.json', own), at)
    expect(prices.length).toBeGreaterThan(50)
    expect(prices).toContainEqual(expect.objectContaining({ model: 'my-own-model', output: '10' }))
  })

  it('names the model that was meant', async () => {
    await expect(listPrices('gpt-4o-mimi', undefined, at)).rejects.toMatchObject({
      code: 'bad_price',
      hint: expect.stringContaining('Did you mean gpt-4o-mini?') as string,
    })
  })
})
