import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, listSamples, openSample, type Sample } from './sample.js'

const names = await listSamples()

it('there are samples', () => {
  expect(names.length).toBeGreaterThan(0)
})

/** Milliseconds: whole processes are started, on a machine that may be busy with other tests. */
const patience = 120_000

const statusOf = (row: string): unknown => (JSON.parse(row) as { readonly status: unknown }).status

describe.each(names)('the sample %s', name => {
  let sample: Sample
  let ended: Ended

  beforeAll(async () => {
    sample = await openSample(name)
    ended = await sample.rehearse()
  }, patience)

  afterAll(() => sample.close())

  it('has a README that shows its command', async () => {
    expect(sample.command).toMatch(/^promptmill run (?!.*--simulate).+$/)
    expect(await sample.readText('README.md')).toContain(`\n\`\`\`sh\n${sample.command}\n\`\`\`\n`)
  })

  it('runs to its end', () => {
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stdout).toBe('')
  })

  it('gets an answer for every one of its rows', async () => {
    const rows = await sample.readResultRows()
    expect(rows.length).toBeGreaterThanOrEqual(20)
    expect(rows.length).toBeLessThanOrEqual(200)
    expect(rows.filter(row => statusOf(row) !== 'ok')).toEqual([])
  })

  it('keeps every row as it was, in the order of the input, and adds to it', async () => {
    const own = (await sample.readInput()).map(row => `${row.slice(0, -1)},`)
    const rows = await sample.readResultRows()
    expect(rows.map((row, index) => row.slice(0, own[index]?.length))).toEqual(own)
  })

  it('has the columns that are expected of it', async () => {
    const expected = (await sample.readText('expected-columns.txt')).trimEnd().split('\n')
    for (const row of await sample.readResultRows()) expect(Object.keys(JSON.parse(row) as object)).toEqual(expected)
  })

  it(
    'sends nothing when the same command is given again',
    async () => {
      const results = await sample.readResults()
      const { attempts } = await sample.readStatus()
      const again = await sample.rehearse()
      expect(again.exitCode, again.stderr).toBe(0)
      expect(attempts).toBeGreaterThan(0)
      expect(await sample.readStatus()).toMatchObject({ attempts })
      expect((await sample.readResults()).equals(results)).toBe(true)
    },
    patience,
  )
})
