import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RetryForecast, RowOutcome } from '../../src/commands/ports.js'
import { estimateRetry, retry } from '../../src/commands/retry.js'
import { run } from '../../src/commands/run.js'
import type { RunOptions } from '../../src/commands/session/settings.js'
import { readStatus } from '../../src/commands/status.js'
import { parseUsd } from '../../src/core/money.js'
import { createPorts, createWorkspace, type Workspace } from './workspace.js'

const toCsv = (prompts: readonly string[]): string => `prompt\n${prompts.map(prompt => `${prompt}\n`).join('')}`

const runPrompts = async (work: Workspace, prompts: readonly string[], options: Partial<RunOptions> = {}) =>
  work.run({ input: await work.write('in.csv', toCsv(prompts)), dedupe: true, ...options })

const column = async (work: Workspace, name: string): Promise<string[]> =>
  (await work.readCsv('in.results.csv')).map(row => row[name] ?? '')

const sumOf = async (work: Workspace): Promise<bigint> =>
  (await column(work, 'cost_usd')).reduce((sum, cost) => sum + (parseUsd(cost) ?? 0n), 0n)

const statusOf = async (work: Workspace) => (await readStatus(work.at('in.results.csv'))).summary

const calls = (work: Workspace): number => work.simulator.ledger().calls

describe('--dedupe', () => {
  it('sends equal requests once and answers all their rows', async () => {
    const work = await createWorkspace()
    const { summary, plan } = await runPrompts(work, ['a', 'b', 'a', 'a', 'b', 'c'])
    expect(calls(work)).toBe(3)
    expect(plan).toMatchObject({ rows: 6, pending: 3, copies: 3 })
    expect(summary.rows).toEqual({ total: 6, ok: 6, failed: 0, pending: 0 })
    const [a, b, a2, a3, b2] = await column(work, 'response')
    expect([a2, a3, b2]).toEqual([a, a, b])
    const ids = await column(work, 'request_id')
    expect([ids[2], ids[3], ids[4]]).toEqual([ids[0], ids[0], ids[1]])
  })

  it('counts cost, tokens and attempts on the row that was sent, and the saving in the totals', async () => {
    const work = await createWorkspace()
    const { summary } = await runPrompts(work, ['a', 'b', 'a', 'a'])
    const ledger = work.simulator.ledger()
    const [first, , second, third] = await work.readCsv('in.results.csv')
    for (const copy of [second, third]) {
      expect(copy).toMatchObject({ attempts: '0', prompt_tokens: '0', completion_tokens: '0', cost_usd: '0' })
    }
    expect(summary.cost_usd).toBe(ledger.cost_usd)
    expect(await sumOf(work)).toBe(parseUsd(ledger.cost_usd))
    expect(summary).toMatchObject({
      attempts: 2,
      tokens: { prompt: ledger.prompt_tokens, completion: ledger.completion_tokens },
      copies: { rows: 2, tokens: { completion: 2 * Number(first?.['completion_tokens']) } },
    })
    expect(parseUsd(summary.copies.saved_usd ?? '')).toBe(2n * (parseUsd(first?.['cost_usd'] ?? '') ?? 0n))
    expect(await statusOf(work)).toEqual(summary)
  })

  it('is off unless asked for', async () => {
    const work = await createWorkspace()
    const { summary } = await runPrompts(work, ['a', 'a'], { dedupe: false })
    expect(calls(work)).toBe(2)
    expect(summary.copies).toMatchObject({ rows: 0, saved_usd: '0' })
  })

  it('leaves cost unknown, and no saving in money, where no price is known', async () => {
    const work = await createWorkspace()
    const { summary } = await runPrompts(work, ['a', 'a'], { model: 'llama3.2' })
    expect(await column(work, 'cost_usd')).toEqual(['', ''])
    expect(summary).toMatchObject({ cost_usd: null, cost_unknown_rows: 1, copies: { rows: 1, saved_usd: null } })
    expect(await statusOf(work)).toEqual(summary)
  })

  it('goes on where it stopped', async () => {
    const work = await createWorkspace({ latencyMs: 20 })
    const prompts = Array.from({ length: 40 }, (_, row) => `question ${row % 20}`)
    const leave = new AbortController()
    const options = { concurrency: 1, signal: leave.signal }
    const input = await work.write('in.csv', toCsv(prompts))
    const first = await work.run({ input, dedupe: true, ...options }, { onOutcome: () => leave.abort() })
    expect(first.stop?.code).toBe('drained')
    expect(first.summary.rows.pending).toBeGreaterThan(0)
    expect(await statusOf(work)).toEqual(first.summary)
    const second = await runPrompts(work, prompts)
    expect(calls(work)).toBe(20)
    expect(second.summary.rows.ok).toBe(40)
    expect(await statusOf(work)).toEqual(second.summary)
  })

  it('lets all rows fail with the one that was sent, and retries that one', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const { summary } = await runPrompts(work, ['a', 'a', 'a'])
    expect(summary.failures).toEqual({ empty_answer: 3 })
    expect(await column(work, 'error_code')).toEqual(['empty_answer', 'empty_answer', 'empty_answer'])
    expect(await statusOf(work)).toEqual(summary)
    const told: RetryForecast[] = []
    const results = work.at('in.results.csv')
    expect(await estimateRetry({ results }, createPorts())).toMatchObject({ codes: { empty_answer: 1 }, sharing: 2 })
    const again = await retry({ results }, createPorts(), { onRetry: forecast => void told.push(forecast) })
    expect(told).toMatchObject([{ rows: 1, codes: { empty_answer: 1 }, copies: 2 }])
    expect(calls(work)).toBe(2)
    expect(again.summary.attempts).toBe(2)
    expect(again.summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
    expect(await statusOf(work)).toEqual(again.summary)
  })

  it('sends nothing again when the row that was sent is removed, or copies come and go', async () => {
    const work = await createWorkspace()
    await runPrompts(work, ['a', 'b', 'a'])
    for (const prompts of [
      ['b', 'a'],
      ['a', 'a', 'a', 'b', 'b'],
      ['b', 'b', 'b', 'a', 'a'],
    ]) {
      const { summary } = await runPrompts(work, prompts)
      expect(summary.rows.ok).toBe(prompts.length)
      expect(await statusOf(work)).toEqual(summary)
      expect(await sumOf(work)).toBe(parseUsd(work.simulator.ledger().cost_usd))
    }
    expect(calls(work)).toBe(2)
  })

  it('keeps the answers that rows have of their own, and sends the others when it is turned off', async () => {
    const work = await createWorkspace()
    const own = await runPrompts(work, ['a', 'a'], { dedupe: false })
    const kept = await runPrompts(work, ['a', 'a', 'a'])
    expect(calls(work)).toBe(2)
    expect(await column(work, 'attempts')).toEqual(['1', '1', '0'])
    expect(kept.summary.cost_usd).toBe(own.summary.cost_usd)
    expect(await statusOf(work)).toEqual(kept.summary)
    const off = await runPrompts(work, ['a', 'a', 'a'], { dedupe: false })
    expect(calls(work)).toBe(3)
    expect(off.summary.copies.rows).toBe(0)
    expect(await statusOf(work)).toEqual(off.summary)
  })

  it('pays for nothing that an equal row has, wherever that row stands or stood', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', toCsv(['a', 'a', 'a']))
    const options = { input, model: 'gpt-4o-mini', baseUrl: work.simulator.url }
    await run(options, createPorts(), { pick: () => new Set([1]) })
    for (const prompts of [['a', 'a', 'a'], ['a', 'a'], ['a']]) {
      const { summary } = await runPrompts(work, prompts)
      expect(summary.rows.ok).toBe(prompts.length)
      expect(await column(work, 'attempts')).toEqual(['0', '1', '0'].slice(0, prompts.length))
      expect(await statusOf(work)).toEqual(summary)
    }
    expect(calls(work)).toBe(1)
  })

  it('tells of each row once, in whatever order rows and answers come', async () => {
    const work = await createWorkspace({ latencyMs: 5 })
    const prompts = Array.from({ length: 300 }, (_, row) => `question ${row % 7}`)
    const told: RowOutcome[] = []
    const input = await work.write('in.csv', toCsv(prompts))
    await work.run({ input, dedupe: true, concurrency: 3 }, { onOutcome: row => void told.push(row) })
    expect(told.map(({ row }) => row).toSorted((a, b) => a - b)).toEqual(prompts.map((_, row) => row + 1))
    expect(told.every(({ row, line }) => line === row + 1)).toBe(true)
    const responses = await column(work, 'response')
    for (const { row, outcome } of told) expect(outcome.response).toBe(responses[row - 1])
  })

  it('tells of copies far behind although the sending stopped before', async () => {
    const work = await createWorkspace()
    const prompts = Array.from({ length: 5000 }, (_, row) => (row % 2 === 0 ? 'a' : `question ${row}`))
    const told = new Set<number>()
    const leave = new AbortController()
    const input = await work.write('in.csv', toCsv(prompts))
    const options = { input, dedupe: true, concurrency: 1, signal: leave.signal }
    const { summary } = await work.run(options, {
      onOutcome({ row }) {
        told.add(row)
        leave.abort()
      },
    })
    expect(summary.rows.ok).toBeGreaterThanOrEqual(2500)
    expect(told.size).toBe(summary.rows.ok)
  })

  it('agrees with the journal and with the bill whatever is run, stopped, retried and edited', async () => {
    const prompt = fc.constantFrom('a', 'b', 'c', 'd')
    const step = fc.record({
      prompts: fc.array(prompt, { minLength: 1, maxLength: 8 }),
      dedupe: fc.boolean(),
      retry: fc.boolean(),
      stopAfter: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async steps => {
        const work = await createWorkspace({ emptyChoices: 0.2, fault500: 0.2, seed: 7 })
        for (const { prompts, dedupe, retry: again, stopAfter } of steps) {
          const leave = new AbortController()
          let told = 0
          const onOutcome = (): void => {
            told += 1
            if (told === stopAfter) leave.abort()
          }
          const before = calls(work)
          const input = await work.write('in.csv', toCsv(prompts))
          const options = {
            input,
            dedupe,
            retries: 0,
            concurrency: 2,
            changed: 'resend',
            signal: leave.signal,
          } as const
          const ran = await work.run(options, { onOutcome })
          const ports = createPorts()
          const { summary } = again ? await retry({ results: work.at('in.results.csv'), retries: 0 }, ports) : ran
          if (dedupe && !again) expect(calls(work) - before).toBeLessThanOrEqual(new Set(prompts).size)
          expect(summary.rows.total).toBe(prompts.length)
          expect(await statusOf(work)).toEqual(summary)
          expect(await sumOf(work)).toBe(parseUsd(summary.cost_usd ?? '0'))
          const sent = (await column(work, 'attempts')).reduce((sum, attempts) => sum + Number(attempts), 0)
          expect(sent).toBe(summary.attempts)
        }
      }),
      { numRuns: 8 },
    )
  }, 120_000)
})
