import { describe, expect, it } from 'vitest'
import { estimate } from '../../src/commands/estimate.js'
import { createPorts, createRealEndpoint, createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const estimateAs = (work: Workspace, input: string, options = {}) =>
  estimate({ model: 'gpt-4o-mini', baseUrl: work.simulator.url, input, ...options }, createPorts(), { threads: 0 })

describe('the accuracy of a run', () => {
  it('holds the estimate that was to be had before it against what was reported', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(40))
    const before = await estimateAs(work, input)
    const { accuracy, summary } = await work.run({ input })
    expect(accuracy).toMatchObject({
      rows: 40,
      prompt_tokens: { estimated: before.tokens.prompt, actual: summary.tokens.prompt, error: 0 },
      completion_tokens: { estimated: before.tokens.completion.expected, actual: summary.tokens.completion },
      cost_usd: { estimated: before.cost_usd?.expected, actual: summary.cost_usd },
      answers: { source: 'assumption', expected: 200 },
    })
  })

  it('is of the rows of this session, and goes by the answers before it', async () => {
    const work = await createWorkspace()
    await work.run({ input: await work.write('in.csv', manyPrompts(30)) })
    const input = await work.write('in.csv', manyPrompts(50))
    const before = await estimateAs(work, input)
    const { accuracy } = await work.run({ input })
    expect(before.answers.source).toBe('run')
    expect(accuracy).toMatchObject({
      rows: 20,
      prompt_tokens: { estimated: before.tokens.prompt, error: 0 },
      completion_tokens: { estimated: before.tokens.completion.expected },
      cost_usd: { estimated: before.cost_usd?.expected },
      answers: { source: 'run' },
    })
  })

  it('leaves out rows that share a call', async () => {
    const work = await createWorkspace()
    const { accuracy } = await work.run({ input: await work.write('in.csv', 'prompt\na\na\nb\n'), dedupe: true })
    expect(accuracy).toMatchObject({ rows: 2, prompt_tokens: { error: 0 } })
  })

  it('knows of reads from the cache, repeated calls and rows that reported nothing', async () => {
    const work = await createWorkspace({ fault500: 0.4, seed: 4 })
    const system = 'Answer in the manner of a railway timetable. '.repeat(200)
    const options = { input: await work.write('in.csv', manyPrompts(20)), system, concurrency: 1, retries: 1 }
    const { accuracy, summary } = await work.run(options)
    const { ok, failed } = summary.rows
    expect(failed).toBeGreaterThan(0)
    expect(accuracy).toMatchObject({
      rows: ok + failed,
      cached_tokens: summary.tokens.cached,
      repeated_calls: summary.attempts - ok - failed,
      unreported_rows: failed,
    })
    expect(summary.tokens.cached).toBeGreaterThan(0)
    expect(accuracy?.prompt_tokens?.error).toBeCloseTo(failed / ok, 2)
  })

  it('leaves out calls that were refused for rate: nobody bills them', async () => {
    const work = await createWorkspace({ fault429: 0.3, seed: 4 })
    const { accuracy, summary } = await work.run({ input: await work.write('in.csv', manyPrompts(12)) })
    expect(summary.rows.ok).toBe(12)
    expect(summary.attempts).toBeGreaterThan(12)
    expect(accuracy?.repeated_calls).toBe(0)
  })

  it('takes the prompts of a large session as they were reported', async () => {
    const work = await createWorkspace()
    const options = { input: await work.write('in.csv', manyPrompts(2100)), maxTokens: 30 }
    const { accuracy, summary } = await work.run(options)
    const { completion } = summary.tokens
    expect(accuracy).toMatchObject({ rows: 2100, prompt_tokens: null })
    expect(accuracy?.completion_tokens).toMatchObject({ estimated: 2100 * 30, actual: completion })
    expect(accuracy?.cost_usd?.actual).toBe(summary.cost_usd)
    const more = (0.6 * (2100 * 30 - completion)) / 1e6
    expect(Number(accuracy?.cost_usd?.estimated)).toBeCloseTo(Number(summary.cost_usd) + more, 6)
  })

  it('shows where the endpoint counts otherwise', async () => {
    const work = await createWorkspace()
    const { accuracy } = await work.run({
      input: await work.write('in.csv', 'prompt\nhi\n'),
      baseUrl: await createRealEndpoint(),
    })
    expect(accuracy?.prompt_tokens).toEqual({ estimated: 8, actual: 10, error: expect.closeTo(-0.2) })
  })

  it('is not there where nothing was sent, nothing was reported', async () => {
    const work = await createWorkspace({ noUsage: 1 })
    const input = await work.write('in.csv', manyPrompts(2))
    expect((await work.run({ input })).accuracy).toBeUndefined()
    expect((await work.run({ input })).accuracy).toBeUndefined()
  })
})
