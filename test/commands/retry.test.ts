import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createLibrary } from '../../src/commands/library.js'
import type { RetryForecast } from '../../src/commands/ports.js'
import { estimateRetry, retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import { parseUsd } from '../../src/core/money.js'
import {
  createEndpoint,
  createPorts,
  createRealEndpoint,
  createWorkspace,
  manyPrompts,
  type Workspace,
} from './workspace.js'

describe('retry', () => {
  it('sends the failed rows once more, and those alone', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    const first = await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    const { failed, ok } = first.summary.rows
    expect(failed).toBeGreaterThan(2)
    const before = await work.readCsv('in.results.csv')
    const second = await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(work.simulator.ledger().calls).toBe(30 + failed)
    expect(second.summary.rows.ok).toBeGreaterThan(ok)
    const after = await work.readCsv('in.results.csv')
    for (const [index, row] of before.entries()) if (row['status'] === 'ok') expect(after[index]).toEqual(row)
  })

  it('keeps what the failed attempts cost in the row and in the totals', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    const { summary } = await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
    const rows = await work.readCsv('in.results.csv')
    const sum = rows.reduce((total, row) => total + (parseUsd(row['cost_usd'] ?? '') ?? 0n), 0n)
    expect(sum).toBe(parseUsd(summary.cost_usd ?? ''))
    expect(rows.filter(row => row['attempts'] === '2' && row['status'] === 'ok').length).toBeGreaterThan(0)
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
  })

  it('leaves rows failed that are not reached before the run stops', async () => {
    const work = await createWorkspace({ emptyChoices: 1, seed: 5, quotaAfter: 12 })
    await work.run({ input: await work.write('in.csv', manyPrompts(10)) })
    const { summary, stop } = await retry({ results: work.at('in.results.csv'), concurrency: 1 }, createPorts())
    expect(stop?.code).toBe('out_of_credit')
    expect(summary.rows).toEqual({ total: 10, ok: 0, failed: 10, pending: 0 })
  })

  it('is not done by the run command: rows that failed for good stay failed', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', manyPrompts(5))
    await work.run({ input })
    const { summary } = await work.run({ input })
    expect(summary.rows.failed).toBe(5)
    expect(work.simulator.ledger().calls).toBe(5)
  })

  it('sends with the settings of the run, also when results and run folder were moved', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', manyPrompts(2))
    await work.run({ input, prompt: 'Shout: {{prompt}}', maxTokens: 9 })
    await rename(work.at('in.results.csv'), work.at('moved.csv'))
    await rename(work.at('in.results.csv.run'), work.at('moved.csv.run'))
    await retry({ results: work.at('moved.csv') }, createPorts())
    const keys = new Set(work.simulator.calls().map(call => call.key))
    expect(work.simulator.ledger().calls).toBe(4)
    expect(keys.size).toBe(2)
    expect((await readdir(work.folder)).toSorted()).toEqual(['in.csv', 'moved.csv', 'moved.csv.run'])
  })
})

/** What the records of a run folder say was sent in place of the run's own settings, by the kind of record. */
const overridesIn = async (work: Workspace): Promise<Readonly<Record<string, unknown>>[]> => {
  const lines = (await work.read('in.results.csv.run/journal-0001.jsonl')).trimEnd().split('\n')
  return lines.flatMap(line => {
    const { kind, override } = JSON.parse(line) as Record<string, unknown>
    return override === undefined ? [] : [{ kind, override }]
  })
}

const settingsOf = async (work: Workspace): Promise<unknown> =>
  (JSON.parse(await work.read('in.results.csv.run/manifest.json')) as { settings: unknown }).settings

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('retry --only', () => {
  it('chooses by error code, and buys a usable answer again only when its own code is named', async () => {
    const work = await createWorkspace({ emptyChoices: 0.2, finishLength: 0.3, seed: 7 })
    const first = await work.run({ input: await work.write('in.csv', manyPrompts(40)), maxTokens: 20 })
    const { failures, flagged } = first.summary
    const { empty_answer: empty = 0 } = failures
    const { truncated = 0 } = flagged
    expect(Math.min(empty, truncated)).toBeGreaterThan(2)
    const results = work.at('in.results.csv')

    const notices: string[] = []
    await retry({ results, only: ['timeout'] }, createPorts(), { onNotice: text => notices.push(text) })
    expect(work.simulator.ledger().calls).toBe(40)
    expect(notices[0]).toContain(`No row has the code timeout (there are`)
    expect(notices[0]).toContain(`${empty} empty_answer`)

    await retry({ results, only: ['empty_answer'] }, createPorts())
    expect(work.simulator.ledger().calls).toBe(40 + empty)
    const before = await work.readCsv('in.results.csv')
    const cut = before.filter(row => row['error_code'] === 'truncated').length
    const { summary } = await retry({ results, only: ['truncated'], maxTokens: 200 }, createPorts())
    expect(work.simulator.ledger().calls).toBe(40 + empty + cut)
    expect(summary.flagged['truncated'] ?? 0).toBeLessThan(cut)
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
    const after = await work.readCsv('in.results.csv')
    for (const [index, row] of before.entries()) {
      if (row['error_code'] !== 'truncated') expect(after[index]).toEqual(row)
    }
  })

  it('refuses to buy answers again that would be cut at the same limit', async () => {
    const work = await createWorkspace({ finishLength: 1 })
    await work.run({ input: await work.write('in.csv', manyPrompts(3)), maxTokens: 20 })
    const results = work.at('in.results.csv')
    const error = await refusal(retry({ results, only: ['truncated'] }, createPorts()))
    expect(error).toMatchObject({ code: 'bad_flag', exitCode: 2, message: expect.stringContaining('--max-tokens 20') })
    expect(work.simulator.ledger().calls).toBe(3)
  })
})

describe('retry with other settings', () => {
  it('counts by code what it sends, not what it was asked for and has no request', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const rows = Array.from({ length: 6 }, (_, row) => `Question ${row},${row < 2 ? `Other ${row}` : ''}\n`)
    const input = await work.write('in.csv', `prompt,other\n${rows.join('')}`)
    await work.run({ input, badRows: 'fail' })
    const results = work.at('in.results.csv')
    const told: RetryForecast[] = []
    const notices: string[] = []
    const notify = {
      onRetry: (forecast: RetryForecast) => void told.push(forecast),
      onNotice: (text: string) => void notices.push(text),
    }
    const dry = await estimateRetry({ results, prompt: '{{other}}' }, createPorts())
    expect(dry.codes).toEqual({ empty_answer: 2 })
    await retry({ results, prompt: '{{other}}' }, createPorts(), notify)
    expect(told).toEqual([expect.objectContaining({ rows: 2, codes: { empty_answer: 2 } })])
    expect(notices).toEqual([expect.stringMatching(/^With --prompt 4 rows have no request to send/)])
    await work.write('in.csv', `prompt,other\n${rows.map(row => row.replace(/,.*/, ',')).join('')}`)
    await retry({ results, prompt: '{{other}}' }, createPorts(), notify)
    expect(told).toHaveLength(1)
    expect(notices.slice(1)).toEqual([
      expect.stringMatching(/^With --prompt 6 rows have no request to send/),
      'There are no other rows to send: nothing is sent',
    ])
  })

  it('gives the answer to the row, says what was asked, and leaves the run as it is', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    const input = await work.write('in.csv', manyPrompts(30))
    const first = await work.run({ input, maxTokens: 30 })
    const { failed, ok } = first.summary.rows
    const settings = await settingsOf(work)
    const results = work.at('in.results.csv')
    const forecasts: RetryForecast[] = []
    const onRetry = (forecast: RetryForecast): void => {
      expect(work.simulator.ledger().calls).toBe(30)
      forecasts.push(forecast)
    }
    const override = { model: 'gpt-4o', maxTokens: 60, system: 'Answer at length, and with care. '.repeat(5) }
    const { summary } = await retry({ results, ...override, timeout: 60 }, createPorts(), { onRetry })

    expect(forecasts).toEqual([expect.objectContaining({ rows: failed, codes: { empty_answer: failed }, override })])
    expect(forecasts[0]?.costUsd?.expected).toBeGreaterThan(0n)
    const answered = summary.rows.ok - ok
    expect(answered).toBeGreaterThan(2)
    const rows = await work.readCsv('in.results.csv')
    const others = rows.filter(row => row['model'] === 'gpt-4o' && row['attempts'] === '2')
    expect(others.filter(row => row['status'] === 'ok')).toHaveLength(answered)
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
    expect((await readStatus(results)).summary).toEqual(summary)
    expect(await settingsOf(work)).toEqual(settings)

    const told = await overridesIn(work)
    expect(told[0]).toEqual({ kind: 'run', override })
    const short = { ...override, system: expect.stringMatching(/^sha256:[\da-f]{64}$/) }
    expect(told.filter(({ kind }) => kind === 'answer')).toEqual(
      Array.from({ length: failed }, () => ({ kind: 'answer', override: short })),
    )

    const again = await work.run({ input, maxTokens: 30 })
    expect(again.plan).toMatchObject({ rows: 30, reused: 30, moved: 0, pending: 0 })
    expect(again.summary.rows).toEqual(summary.rows)
    expect(work.simulator.ledger().calls).toBe(30 + failed)
    const rest = await retry({ results }, createPorts())
    expect(work.simulator.ledger().calls).toBe(30 + failed + summary.rows.failed)
    expect(rest.plan.pending).toBe(summary.rows.failed)
  })

  it('is held to the cap by what it really sends', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', manyPrompts(4))
    await work.run({ input, maxTokens: 10, maxCost: 1 })
    const results = work.at('in.results.csv')
    const { stop } = await retry({ results, model: 'gpt-4o', maxTokens: 4000, maxCost: 0.01 }, createPorts())
    expect(stop?.code).toBe('budget_exhausted')
    expect(work.simulator.ledger().calls).toBe(4)
  })

  it('says which rows they do not concern', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const line = {
      url: '/v1/chat/completions',
      body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'a' }] },
    }
    const rows = [{ custom_id: 'a', ...line }, { prompt: 'b' }]
    await work.run({ input: await work.write('in.jsonl', rows.map(row => `${JSON.stringify(row)}\n`).join('')) })
    const notices: string[] = []
    const notify = { onNotice: (text: string) => notices.push(text) }
    await retry({ results: work.at('in.results.jsonl'), temperature: 0 }, createPorts(), notify)
    expect(notices).toEqual([expect.stringMatching(/^1 row is sent unchanged: --temperature /)])
    expect(work.simulator.ledger().calls).toBe(4)
  })

  it('is refused before anything is sent when a row has no request with them', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    await work.run({ input: await work.write('in.csv', 'prompt,hint\na,x\nb,\n') })
    const error = await refusal(retry({ results: work.at('in.results.csv'), prompt: '{{hint}}' }, createPorts()))
    expect(error).toMatchObject({
      code: 'bad_input',
      message: expect.stringMatching(/With --prompt 1 row .*\n.*row 2/),
    })
    expect(work.simulator.ledger().calls).toBe(2)
  })
})

describe('retry and rows without an outcome', () => {
  it('leaves them to the run, and says so', async () => {
    const work = await createWorkspace({ emptyChoices: 0.5, seed: 3, quotaAfter: 12 })
    const input = await work.write('in.csv', manyPrompts(30))
    const { summary: before } = await work.run({ input, concurrency: 1 })
    expect(before.rows.failed).toBeGreaterThan(0)
    const endpoint = await createEndpoint()
    const notices: string[] = []
    const options = { results: work.at('in.results.csv'), baseUrl: endpoint.url, model: 'gpt-4o' }
    const notify = { onNotice: (text: string) => notices.push(text) }
    const { summary, plan } = await retry(options, createPorts(), notify)
    expect(endpoint.ledger().calls).toBe(before.rows.failed)
    expect(plan.pending).toBe(before.rows.failed)
    expect(summary.rows).toEqual({ ...before.rows, ok: before.rows.ok + before.rows.failed, failed: 0 })
    expect(notices).toContain(
      `${before.rows.pending} rows have no outcome yet: they are not sent by retry, but by the run command`,
    )
    const whole = await work.run({ input, baseUrl: endpoint.url })
    expect(whole.summary.rows).toEqual({ total: 30, ok: 30, failed: 0, pending: 0 })
    expect(endpoint.ledger().calls).toBe(before.rows.failed + before.rows.pending)
  })
})

describe('retry of a moved input', () => {
  const prepare = async (): Promise<Workspace> => {
    const work = await createWorkspace({ emptyChoices: 0.4, seed: 5 })
    await work.run({ input: await work.write('in.csv', manyPrompts(20)) })
    return work
  }

  it('reads it where it is now, and says how many rows match', async () => {
    const work = await prepare()
    await mkdir(work.at('elsewhere'))
    await rename(work.at('in.csv'), work.at('elsewhere/renamed.csv'))
    const results = work.at('in.results.csv')
    const lost = await refusal(retry({ results }, createPorts()))
    expect(lost).toMatchObject({ code: 'bad_input', hint: expect.stringContaining('--input') })
    const notices: string[] = []
    const input = work.at('elsewhere/renamed.csv')
    const { plan } = await retry({ results, input }, createPorts(), { onNotice: text => notices.push(text) })
    expect(plan.pending).toBeGreaterThan(2)
    expect(notices).toEqual([`${input} has the rows of the run: 20 of the 20 rows that were sent are in it`])
    // And the run remembers.
    await retry({ results }, createPorts())
  })

  it.each([
    [
      'an edited row',
      manyPrompts(20).replace('Question 3,', 'Question X,'),
      /19 of the 20 rows that were sent are in it$/,
    ],
    ['a row more', `${manyPrompts(20)}21,more\n`, /20 of the 20 rows .* and it has 21 rows where the run had 20$/],
    ['other rows', 'id,prompt\n1,a\n', /0 of the 20 rows .* and it has 1 row where the run had 20$/],
  ])('refuses one with %s', async (_title, content, message) => {
    const work = await prepare()
    const before = await work.read('in.results.csv')
    const { calls } = work.simulator.ledger()
    const input = await work.write('other.csv', content)
    const error = await refusal(retry({ results: work.at('in.results.csv'), input }, createPorts()))
    expect(error).toMatchObject({ code: 'bad_input', exitCode: 2, message: expect.stringMatching(message) })
    expect(await work.read('in.results.csv')).toBe(before)
    expect(work.simulator.ledger().calls).toBe(calls)
  })

  it('finds it without being told when everything moved together', async () => {
    const work = await prepare()
    const failed = (await work.readCsv('in.results.csv')).filter(row => row['status'] === 'failed').length
    await mkdir(work.at('moved'))
    for (const name of ['in.csv', 'in.results.csv', 'in.results.csv.run'])
      await rename(work.at(name), work.at(`moved/${name}`))
    const { plan, results } = await retry({ results: work.at('moved/in.results.csv.run') }, createPorts())
    expect(plan.pending).toBe(failed)
    expect(results).toBe(work.at('moved/in.results.csv'))
  })
})

describe('a dry run of retry', () => {
  it('tells what would be sent and cost, needs no key, and changes nothing', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    await work.run({ input: await work.write('in.csv', manyPrompts(30)), maxTokens: 30 })
    const failed = (await work.readCsv('in.results.csv')).filter(row => row['status'] === 'failed').length
    const lookAt = async () =>
      Promise.all(
        (await readdir(work.folder, { recursive: true })).toSorted().map(async name => {
          const { size, mtimeMs } = await stat(work.at(name))
          return { name, size, mtimeMs }
        }),
      )
    const before = await lookAt()
    const results = work.at('in.results.csv')
    const found = await estimateRetry({ results, dryRun: true, model: 'gpt-4o' }, createPorts({}))
    expect(work.simulator.ledger().calls).toBe(30)
    expect(found).toMatchObject({
      rows: { total: 30, pending: failed, ok: 30 - failed, failed },
      codes: { empty_answer: failed },
      override: { model: 'gpt-4o' },
    })
    expect(Object.keys(found.models)).toEqual(['gpt-4o'])
    expect(parseUsd(found.cost_usd?.expected ?? '')).toBeGreaterThan(0n)
    expect(await lookAt()).toEqual(before)
  })
})

describe('retry of simulated answers', () => {
  it.each([
    ['sends nothing', retry],
    ['tells nothing', estimateRetry],
  ])('%s when the simulator is gone', async (_title, again) => {
    const work = await createWorkspace({ emptyChoices: 1 })
    await work.run({ input: await work.write('in.csv', manyPrompts(3)) })
    const before = await work.read('in.results.csv')
    const options = { results: work.at('in.results.csv'), baseUrl: await createRealEndpoint() }
    expect(await refusal(again(options, createPorts()))).toMatchObject({ code: 'bad_output', exitCode: 2 })
    expect(await work.read('in.results.csv')).toBe(before)
  })
})

describe('retry in the library', () => {
  it('sends, or with dryRun tells', async () => {
    const work = await createWorkspace({ emptyChoices: 0.3, seed: 5 })
    const { summary } = await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    const library = createLibrary(createPorts())
    const results = work.at('in.results.csv')
    const { rows, cost_usd: cost } = await library.retry({ results, dryRun: true })
    expect(rows.pending).toBe(summary.rows.failed)
    expect(parseUsd(cost?.expected ?? '')).toBeGreaterThan(0n)
    expect(work.simulator.ledger().calls).toBe(30)
    let told: number | undefined
    const done = await library.retry({
      results,
      only: ['empty_answer'],
      onRetry: forecast => void (told = forecast.rows),
    })
    expect(told).toBe(summary.rows.failed)
    expect(done.plan.pending).toBe(summary.rows.failed)
    expect(work.simulator.ledger().calls).toBe(30 + summary.rows.failed)
  })
})
