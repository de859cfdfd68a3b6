import { describe, expect, it } from 'vitest'
import { retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import { promptOf, shortCompletion } from '../faults/short-answers.js'
import { createPorts, createWorkspace, type Workspace } from './workspace.js'

const rows = 'id,prompt\n-1,=cmd()\n=2,plain\n'

/** An endpoint that says what it is asked: the answer to a formula is a formula. */
const createEcho = (): Promise<Workspace> =>
  createWorkspace({}, { respond: call => ({ body: shortCompletion(promptOf(call)) }) })

const responses = async (work: Workspace, name: string): Promise<string[]> =>
  (await work.readCsv(name)).map(row => row['response'] ?? '')

describe('results for a spreadsheet', () => {
  it('C10: begin with a byte order mark and run nothing in the added columns; the own ones stay as they are', async () => {
    const work = await createEcho()
    const input = await work.write('in.csv', rows)
    await work.run({ input, excel: true })
    expect(await work.read('in.results.csv')).toMatch(/^\uFEFFid,prompt,response,/)
    const [first, second] = await work.readCsv('in.results.csv')
    expect(first).toMatchObject({ id: '-1', prompt: '=cmd()', response: "'=cmd()", status: 'ok', prompt_tokens: '9' })
    expect(second).toMatchObject({ id: '=2', response: 'plain' })
  })

  it('C10: are faithful without being asked for', async () => {
    const work = await createEcho()
    const input = await work.write('in.csv', rows)
    await work.run({ input })
    expect(await work.read('in.results.csv')).toMatch(/^id,prompt,response,/)
    expect(await responses(work, 'in.results.csv')).toEqual(['=cmd()', 'plain'])
  })

  it('are written so by later sessions and by retry, until that is taken back', async () => {
    const work = await createEcho()
    const input = await work.write('in.csv', rows)
    const results = work.at('in.results.csv')
    const isTamed = async (): Promise<boolean> => (await responses(work, 'in.results.csv'))[0]?.startsWith("'") === true
    await work.run({ input })
    await work.run({ input, excel: true })
    expect(await isTamed()).toBe(true)
    await work.run({ input })
    expect(await isTamed()).toBe(true)
    await retry({ results }, createPorts())
    expect(await isTamed()).toBe(true)
    await work.run({ input, excel: false })
    expect(await isTamed()).toBe(false)
    await retry({ results, excel: true }, createPorts())
    expect(await isTamed()).toBe(true)
    expect(work.simulator.ledger().calls).toBe(2)
  })

  it('are read back by everything that reads results, as a new input too', async () => {
    const work = await createEcho()
    const input = await work.write('in.csv', rows)
    await work.run({ input, excel: true })
    expect((await readStatus(work.at('in.results.csv'))).summary.rows.ok).toBe(2)
    const again = await work.run({ input: work.at('in.results.csv'), outputPrefix: 'second_' })
    expect(again.summary.rows.ok).toBe(2)
    expect((await work.readCsv('in.results.results.csv')).map(row => row['id'])).toEqual(['-1', '=2'])
  })

  it('are not JSONL', async () => {
    const work = await createEcho()
    const input = await work.write('in.csv', rows)
    const asked = work.run({ input, excel: true, output: work.at('out.jsonl') })
    await expect(asked).rejects.toMatchObject({ code: 'bad_flag', exitCode: 2 })
    expect(work.simulator.ledger().calls).toBe(0)
  })
})
