import { describe, expect, it } from 'vitest'
import { check } from '../../src/commands/check.js'
import { estimate } from '../../src/commands/estimate.js'
import { retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import { readManifest } from '../../src/journal/manifest.js'
import { key } from '../secrets/canary.js'
import { createPorts, createWorkspace, type Workspace } from './workspace.js'

const prompt = 'Say {{word}}'
const model = 'gpt-4o-mini'

const writeTables = async (workspace: Workspace): Promise<void> => {
  await workspace.write('b.csv', 'id,word\n3,three\n')
  await workspace.write('a.csv', 'word,id\none,1\ntwo,2\n')
}

const sources = async (workspace: Workspace, name: string): Promise<(string | undefined)[][]> =>
  (await workspace.readCsv(name)).map(({ id, source, status }) => [id, source, status])

describe('a run over several inputs', () => {
  it('writes one results file with the name of each row’s file before the added columns', async () => {
    const workspace = await createWorkspace()
    await writeTables(workspace)
    const output = workspace.at('all.csv')
    await workspace.run({ input: [workspace.at('b.csv'), workspace.at('a.csv')], output, prompt })
    expect((await workspace.read('all.csv')).split('\n')[0]).toMatch(/^id,word,source,response,status,/)
    expect(await sources(workspace, 'all.csv')).toEqual([
      ['3', workspace.at('b.csv'), 'ok'],
      ['1', workspace.at('a.csv'), 'ok'],
      ['2', workspace.at('a.csv'), 'ok'],
    ])
  })

  it('leaves the results of earlier runs out of a pattern, and sends a file that is new alone', async () => {
    const workspace = await createWorkspace()
    await writeTables(workspace)
    const options = { input: workspace.at('*.csv'), output: workspace.at('all.csv'), prompt }
    await workspace.run(options)
    await workspace.write('c.csv', 'id,word\n4,four\n')
    const { plan } = await workspace.run(options)
    expect(plan).toMatchObject({ rows: 4, reused: 3, pending: 1 })
    expect((await sources(workspace, 'all.csv')).map(([id]) => id)).toEqual(['1', '2', '3', '4'])
  })

  it('is retried, told and checked by the list that the manifest keeps', async () => {
    const workspace = await createWorkspace({ emptyChoices: 1 })
    await writeTables(workspace)
    const output = workspace.at('all.csv')
    const input = [workspace.at('a.csv'), workspace.at('b.csv')]
    const { summary, examples } = await workspace.run({ input, output, prompt, retries: 0 })
    expect(summary.rows).toMatchObject({ failed: 3 })
    expect(examples[2]).toMatchObject({ row: 3, line: 2, source: workspace.at('b.csv') })
    expect((await readManifest(`${output}.run`))?.input.files).toMatchObject([
      { path: input[0], name: input[0] },
      { path: input[1], name: input[1] },
    ])
    const again = await retry({ results: output, apiKey: key, retries: 0 }, createPorts())
    expect(again.plan).toMatchObject({ rows: 3, pending: 3 })
    expect((await readStatus(output)).summary.rows.total).toBe(3)
    expect(await sources(workspace, 'all.csv')).toEqual([
      ['1', input[0], 'failed'],
      ['2', input[0], 'failed'],
      ['3', input[1], 'failed'],
    ])
  })

  it('needs a name for its results, which an estimate and a check do not', async () => {
    const workspace = await createWorkspace()
    await writeTables(workspace)
    const input = workspace.at('*.csv')
    await expect(workspace.run({ input, prompt })).rejects.toMatchObject({ code: 'bad_output', exitCode: 2 })
    expect((await estimate({ input, prompt, model }, createPorts(), { threads: 0 })).rows.pending).toBe(3)
    expect(await check({ input, prompt, model }, createPorts(), { threads: 0 })).toMatchObject({ rows: 3, ok: true })
    expect(workspace.simulator.ledger().calls).toBe(0)
  })

  it('does not write over one of its inputs', async () => {
    const workspace = await createWorkspace()
    await writeTables(workspace)
    const input = [workspace.at('a.csv'), workspace.at('b.csv')]
    const run = workspace.run({ input, prompt, output: workspace.at('b.csv'), overwrite: true })
    await expect(run).rejects.toMatchObject({ code: 'bad_output' })
  })

  it('tells faults by file and line', async () => {
    const workspace = await createWorkspace()
    await workspace.write('a.csv', 'word\none\n')
    await workspace.write('b.csv', 'word\ntwo\n""\n')
    const run = workspace.run({
      input: [workspace.at('a.csv'), workspace.at('b.csv')],
      output: workspace.at('o.csv'),
      prompt: '{{word}}',
    })
    await expect(run).rejects.toMatchObject({
      message: expect.stringContaining(`row 3 (${workspace.at('b.csv')} line 3)`),
    })
  })

  it('names the file of a line of JSON that cannot be read, and lets a template ask for it', async () => {
    const workspace = await createWorkspace()
    await workspace.write('a.jsonl', '{"word":"one"}\n')
    await workspace.write('b.jsonl', '{"word":"two"\n')
    const input = [workspace.at('a.jsonl'), workspace.at('b.jsonl')]
    await workspace.run({ input, output: workspace.at('o.jsonl'), prompt: '{{word}} of {{source}}' })
    const rows = await workspace.readJsonl('o.jsonl')
    expect(rows).toMatchObject([
      { word: 'one', source: input[0], status: 'ok' },
      { source: input[1], status: 'failed', error_code: 'invalid_row' },
    ])
  })
})
