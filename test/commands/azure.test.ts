import { describe, expect, it } from 'vitest'
import { retry } from '../../src/commands/retry.js'
import { run } from '../../src/commands/run.js'
import { key } from '../secrets/canary.js'
import { createPorts, createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const apiVersion = '2024-10-21'

const azureUrl = ({ simulator }: Workspace, deployment = ''): string =>
  simulator.url.replace(/\/v1$/, `/openai/deployments${deployment}`)

describe("a run on Azure's addresses", () => {
  it.each([['/gpt-4o-mini'], ['']])('answers every row through /openai/deployments%s', async deployment => {
    const work = await createWorkspace({ requireKey: true })
    const input = await work.write('in.csv', manyPrompts(20))
    const { summary } = await work.run({ input, baseUrl: azureUrl(work, deployment), apiVersion })
    expect(summary.rows).toMatchObject({ total: 20, ok: 20 })
    expect(work.simulator.ledger().calls).toBe(20)
  })

  it('takes key and version from the environment', async () => {
    const work = await createWorkspace({ requireKey: true })
    const input = await work.write('in.csv', manyPrompts(2))
    const env = { OPENAI_API_KEY: 'wrong', AZURE_OPENAI_API_KEY: key, OPENAI_API_VERSION: apiVersion }
    const options = { input, model: 'gpt-4o-mini', baseUrl: azureUrl(work) }
    expect((await run(options, createPorts(env))).summary.rows.ok).toBe(2)
  })

  it('goes on with a run that was begun elsewhere: the address is no part of a row', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(5))
    await work.run({ input })
    await work.write('in.csv', manyPrompts(7))
    const { summary } = await work.run({ input, baseUrl: azureUrl(work), apiVersion })
    expect(summary.rows.ok).toBe(7)
    expect(work.simulator.ledger().calls).toBe(7)
  })

  it('retries with the address and version of the run', async () => {
    const work = await createWorkspace({ emptyChoices: 0.5 })
    const input = await work.write('in.csv', manyPrompts(10))
    const { summary, results = '' } = await work.run({ input, baseUrl: azureUrl(work), apiVersion })
    expect(summary.rows.failed).toBeGreaterThan(0)

    const again = await retry({ results }, createPorts())
    expect(again.summary.attempts).toBe(10 + summary.rows.failed)
  })

  it('stops before the first row when the version is missing', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    await expect(work.run({ input, baseUrl: azureUrl(work) })).rejects.toMatchObject({
      code: 'bad_flag',
      message: expect.stringContaining('--api-version'),
    })
    expect(work.simulator.ledger().calls).toBe(0)
  })
})
