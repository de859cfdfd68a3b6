import { readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Notify } from '../../../src/commands/ports.js'
import type { RunOptions } from '../../../src/commands/session/settings.js'
import type { StandardSchema } from '../../../src/prompt/schema/standard.js'
import { createRealEndpoint, createWorkspace, manyPrompts, type Workspace } from '../workspace.js'

/** A finished run of ten rows, and a way to give it again and to see whether its results were written anew. */
const finishRun = async (changes: Partial<RunOptions> = {}) => {
  const work = await createWorkspace()
  const input = await work.write('in.csv', `${manyPrompts(9)}10,"last"\n`)
  const options = { input, baseUrl: await createRealEndpoint(), ...changes }
  const first = await work.run(options)
  const results = work.at('in.results.csv')
  const look = async (): Promise<bigint> => (await stat(results, { bigint: true })).ino
  const before = await look()
  return {
    ...work,
    first,
    results,
    input,
    async again(more: Partial<RunOptions> = {}, notify: Notify = {}) {
      const result = await work.run({ ...options, ...more }, notify)
      return { ...result, rewritten: (await look()) !== before }
    },
  }
}

describe('a finished run that is given again', () => {
  it('is told as it was, and nothing is read or written, when nothing has changed', async () => {
    const { first, again } = await finishRun()
    for (let time = 0; time < 2; time += 1) {
      const { rewritten, summary, plan, stop } = await again()
      expect(rewritten).toBe(false)
      expect(summary).toEqual(first.summary)
      expect(plan).toMatchObject({ rows: 10, reused: 10, pending: 0, new: 0, moved: 0, edited: 0, removed: 0 })
      expect(stop).toBeUndefined()
    }
  })

  it('says again what the session before said of faulty rows', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.jsonl', '{"prompt":"one"}\n{"prompt":\n')
    const baseUrl = await createRealEndpoint()
    const notices: string[] = []
    for (let time = 0; time < 2; time += 1)
      await work.run({ input, baseUrl }, { onNotice: text => void notices.push(text) })
    expect(notices.length).toBe(2)
    expect(notices[1]).toBe(notices[0])
  })

  it.each<[string, (run: Awaited<ReturnType<typeof finishRun>>) => Promise<unknown>, number]>([
    ['its input has grown', run => writeFile(run.input, `${manyPrompts(9)}10,"last"\n11,more\n`), 1],
    [
      'a cell was edited, and size and time are as they were',
      async run => {
        const { atime, mtime } = await stat(run.input)
        await writeFile(run.input, (await readFile(run.input, 'utf8')).replace('Question 5', 'Question X'))
        await utimes(run.input, atime, mtime)
      },
      1,
    ],
    ['its results were edited', run => writeFile(run.results, 'id\n'), 0],
    ['its manifest was touched', run => utimes(run.at('in.results.csv.run/manifest.json'), 1, 1), 0],
    ['its notes are gone', run => rm(run.at('in.results.csv.run/finished.json')), 0],
    ['its notes are damaged', run => writeFile(run.at('in.results.csv.run/finished.json'), '{"state":'), 0],
  ])('is looked at anew when %s', async (_title, change, sent) => {
    const run = await finishRun()
    await change(run)
    const { rewritten, session, summary } = await run.again()
    expect(rewritten).toBe(true)
    expect(session.settled).toBe(sent)
    expect(summary.rows.pending).toBe(0)
  })

  it('keeps results that somebody changed, and says where, before it writes them anew', async () => {
    const { again, results, read } = await finishRun()
    const told: string[] = []
    const note = (text: string): void => void told.push(text)
    for (const [edit, name] of [
      ['my own work', 'changed.csv'],
      ['and more of it', 'changed-2.csv'],
    ] as const) {
      await writeFile(results, edit)
      await again({}, { onNotice: note })
      expect(told.pop()).toBe(
        `${results} was changed since it was written: it is kept as ${results}.run/${name}, and written anew`,
      )
      expect(await read(`in.results.csv.run/${name}`)).toBe(edit)
    }
    await again({ excel: true }, { onNotice: note })
    await again({ excel: false }, { onNotice: note })
    expect(told).toEqual([])
  })

  it('is looked at anew when its results are gone', async () => {
    const run = await finishRun()
    await rm(run.results)
    await run.again()
    expect(await run.readCsv('in.results.csv')).toHaveLength(10)
  })

  it.each([
    [
      'prices of a file',
      async (work: Workspace) => ({ prices: await work.write('prices.json', '{"m":{"input":1,"output":1}}') }),
    ],
    [
      'images',
      async (work: Workspace) => ({ imageColumn: ['id'], input: await work.write('in.csv', 'id,prompt\n,a\n') }),
    ],
  ])('is always looked at where %s may have changed', async (_title, toOptions) => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await work.run({ input, baseUrl: await createRealEndpoint(), ...(await toOptions(work)) })
    expect(await readdir(work.at('in.results.csv.run'))).not.toContain('finished.json')
  })

  it('is looked at anew when the file behind a link was edited', async () => {
    const work = await createWorkspace()
    const options = { input: await work.write('in.csv', manyPrompts(1)), baseUrl: await createRealEndpoint() }
    await work.write('elsewhere.csv', '')
    await symlink(work.at('elsewhere.csv'), work.at('in.results.csv'))
    await work.run({ ...options, overwrite: true })
    const written = await work.read('elsewhere.csv')
    await work.write('elsewhere.csv', 'edited')
    await work.run({ ...options, overwrite: true })
    expect(await work.read('elsewhere.csv')).toBe(written)
  })

  it('writes its results in another way when a setting says so', async () => {
    const run = await finishRun()
    await run.again({ select: ['id', 'status'] })
    expect(await readFile(run.results, 'utf8')).toMatch(/^id,status\n1,ok\n/)
  })

  it('names the file of each row when a pattern stands where a path stood', async () => {
    const run = await finishRun()
    await run.again({ output: run.results })
    await run.again({ output: run.results, input: run.at('i[n].csv') })
    expect(await run.readCsv('in.results.csv')).toContainEqual(expect.objectContaining({ id: '1', source: run.input }))
  })

  it('names the file of each row as it is called now', async () => {
    const run = await finishRun()
    const call = (name: string) => run.again({ output: run.results, input: { files: [{ path: run.input, name }] } })
    await call('first.csv')
    await call('second.csv')
    expect(await run.readCsv('in.results.csv')).toContainEqual(expect.objectContaining({ source: 'second.csv' }))
  })

  it('judges by the code of a schema that is a function', async () => {
    const jsonSchema = {
      type: 'object',
      properties: { word: { type: 'string' } },
      required: ['word'],
      additionalProperties: false,
    }
    const toSchema = (validate: StandardSchema['~standard']['validate']): StandardSchema =>
      Object.assign(() => undefined, {
        '~standard': { version: 1, vendor: 'arktype', validate, jsonSchema: { input: () => jsonSchema } } as const,
      })
    const baseUrl = await createRealEndpoint({ content: '{"word":"real"}' })
    const { again, first } = await finishRun({ baseUrl, schema: toSchema(value => ({ value })) })
    const { summary } = await again({ schema: toSchema(() => ({ issues: [{ message: 'not this word' }] })) })
    expect([first.summary.rows.ok, summary.rows.failed]).toEqual([10, 10])
  })

  it('is not told from notes that a rehearsal has left', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    await work.run({ input, simulate: true, baseUrl: undefined })
    const { summary, session } = await work.run({ input, baseUrl: await createRealEndpoint() })
    expect([summary.simulated, session.settled]).toEqual([false, 2])
  })
})
