import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createLibrary } from '../../src/commands/library.js'
import type { RowOutcome } from '../../src/commands/ports.js'
import { createPorts, createWorkspace, type Workspace } from './workspace.js'

const library = createLibrary(createPorts())

const prompts = function* (count: number) {
  for (let index = 0; index < count; index++) yield { prompt: `Question ${index}` }
}

const options = (work: Workspace, count: number) => ({
  input: prompts(count),
  output: work.at('out.jsonl'),
  model: 'gpt-4o-mini',
  baseUrl: work.simulator.url,
})

describe('run', () => {
  it('returns what stands, and where it is', async () => {
    const work = await createWorkspace()
    const summary = await library.run(options(work, 3))
    expect(summary).toMatchObject({
      rows: { total: 3, ok: 3, failed: 0, pending: 0 },
      results: work.at('out.jsonl'),
      runFolder: work.at('out.jsonl.run'),
      stop: undefined,
    })
    expect(await library.status(work.at('out.jsonl'))).toMatchObject({ rows: summary.rows, cost_usd: summary.cost_usd })
  })

  it('lets what is in flight finish when its signal aborts, and goes on at the next call', async () => {
    const work = await createWorkspace()
    const controller = new AbortController()
    const onOutcome = (): void => controller.abort()
    const first = await library.run({ ...options(work, 200), concurrency: 4, signal: controller.signal, onOutcome })
    expect(first.stop?.code).toBe('drained')
    expect(first.rows.ok).toBe(work.simulator.ledger().answered)
    expect(first.rows.pending).toBeGreaterThan(0)
    const second = await library.run(options(work, 200))
    expect(second.rows.ok).toBe(200)
    expect(work.simulator.ledger().calls).toBe(200)
  })

  it('sends nothing for a signal that is aborted already', async () => {
    const work = await createWorkspace()
    const { rows } = await library.run({ ...options(work, 5), signal: AbortSignal.abort() })
    expect(rows.pending).toBe(5)
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('tells a wrong key in its result, after one call', async () => {
    const work = await createWorkspace({ requireKey: true })
    const summary = await library.run({ ...options(work, 50), apiKey: 'wrong' })
    expect(summary.stop?.code).toBe('invalid_key')
    expect(summary.rows.pending).toBe(50)
    expect(work.simulator.ledger().calls).toBe(1)
  })

  it('P10: passes an exception of onOutcome on, and loses nothing by it', async () => {
    const work = await createWorkspace()
    const onOutcome = (): void => {
      throw new Error('mine')
    }
    await expect(library.run({ ...options(work, 20), onOutcome })).rejects.toThrow('mine')
    const { rows } = await library.run(options(work, 20))
    expect(rows.ok).toBe(20)
    expect(work.simulator.ledger().calls).toBe(20)
  })
})

describe('stream', () => {
  it('yields every outcome once and returns the summary', async () => {
    const work = await createWorkspace()
    const seen = new Set<number>()
    const outcomes = library.stream(options(work, 100))
    for (;;) {
      const next = await outcomes.next()
      if (next.done === true) {
        expect(next.value.rows.ok).toBe(100)
        break
      }
      seen.add(next.value.row)
    }
    expect(seen.size).toBe(100)
  })

  it('holds the run back while its reader is slow', async () => {
    const work = await createWorkspace()
    const outcomes = library.stream({ ...options(work, 5000), concurrency: 2 })
    await outcomes.next()
    const settled = await new Promise<number>(resolve => {
      setImmediate(() => resolve(work.simulator.ledger().calls))
    })
    expect(settled).toBeLessThan(5000)
    await outcomes.return(undefined as never)
  })

  it('ends the run in order when the loop is left', async () => {
    const work = await createWorkspace()
    const seen: RowOutcome[] = []
    for await (const row of library.stream({ ...options(work, 500), concurrency: 2 })) {
      seen.push(row)
      if (seen.length === 3) break
    }
    const { answered } = work.simulator.ledger()
    const { rows } = await library.status(work.at('out.jsonl'))
    expect(rows.ok).toBe(answered)
    expect(rows.pending).toBe(500 - answered)
  })

  it('throws what the run throws', async () => {
    const work = await createWorkspace()
    const outcomes = library.stream({ ...options(work, 1), prompt: '{{nmae}}' })
    await expect(outcomes.next()).rejects.toMatchObject({ code: 'bad_template' })
  })
})

describe('a schema of a validation library', () => {
  /** About half of the answers have an even score. */
  const even = z.object({ score: z.int().min(1).max(100), why: z.string().trim() })
  const schema = even.refine(({ score }) => score % 2 === 0, { path: ['score'], message: 'must be even' })

  it('gives the value that it makes of each fitting answer', async () => {
    const work = await createWorkspace()
    const scores: number[] = []
    for await (const { outcome } of library.stream({ ...options(work, 10), schema: even })) {
      if (outcome.parsed !== undefined) scores.push(outcome.parsed.score)
    }
    const rows = await work.readJsonl('out.jsonl')
    expect(scores.toSorted((a, b) => a - b)).toEqual(rows.map(row => Number(row['score'])).toSorted((a, b) => a - b))
    expect(scores).toHaveLength(10)
  })

  it('fails answers by its own checks too, of which everybody who reads the journal knows', async () => {
    const work = await createWorkspace()
    const { rows, failures } = await library.run({ ...options(work, 40), schema })
    expect(rows.failed).toBeGreaterThan(5)
    expect(rows.ok).toBeGreaterThan(5)
    expect(failures).toEqual({ schema_mismatch: rows.failed })
    for (const row of await work.readJsonl('out.jsonl')) {
      const { score, why } = JSON.parse(String(row['response'])) as Record<string, unknown>
      if (Number(score) % 2 === 0) expect(row).toMatchObject({ status: 'ok', score, why })
      else expect(row).toMatchObject({ status: 'failed', error_message: '/score: must be even', score: null })
    }
    expect(await library.status(work.at('out.jsonl'))).toMatchObject({ rows, failures })
    expect(await library.run({ ...options(work, 40), schema })).toMatchObject({ rows, failures })
    expect(work.simulator.ledger().calls).toBe(40)
  })

  it('asks again where its own checks found fault', async () => {
    const work = await createWorkspace()
    const { rows, attempts } = await library.run({ ...options(work, 10), schema, retryInvalid: 1 })
    // The simulator gives the same answer to the same question, and the retry asks twice as well.
    expect(attempts).toBe(10 + rows.failed)
    const { rows: after } = await library.retry({ results: work.at('out.jsonl'), schema })
    expect(after).toEqual(rows)
    expect(work.simulator.ledger().calls).toBe(10 + 3 * rows.failed)
  })

  it('is told before anything is sent when strict mode does not take it', async () => {
    const work = await createWorkspace()
    const loose = z.object({ a: z.string().optional() })
    const run = library.run({ ...options(work, 1), schema: loose })
    await expect(run).rejects.toMatchObject({ code: 'bad_schema', hint: expect.stringContaining('nullable') as string })
    expect(work.simulator.ledger().calls).toBe(0)
  })
})

describe('estimate and check', () => {
  it('look at the rows that a run would send, and send none', async () => {
    const work = await createWorkspace()
    const { rows, tokens } = await library.estimate(options(work, 3))
    const { ok, findings } = await library.check(options(work, 3))
    expect({ pending: rows.pending, ok, findings }).toEqual({ pending: 3, ok: true, findings: [] })
    expect(work.simulator.ledger().calls).toBe(0)
    const summary = await library.run(options(work, 3))
    expect(summary.tokens.prompt).toBe(tokens.prompt)
    expect(summary.accuracy?.prompt_tokens?.error).toBe(0)
  })
})

describe('check, where nothing can be read', () => {
  it.each([
    ['a template with a wrong column', { prompt: '{{nope' }, 'bad_template'],
    ['an input that is not there', { input: '/nowhere/questions.csv' }, 'bad_input'],
    ['a number out of range', { maxTokens: 0 }, 'bad_flag'],
  ])('returns the fault as its only finding: %s', async (_what, given, code) => {
    const report = await library.check({ input: prompts(1), ...given })
    expect(report).toMatchObject({ ok: false, rows: 0, findings: [{ code, kind: 'fault' }] })
    expect(report.input).toBe('input' in given ? given.input : 'the rows given')
  })
})

describe('options that a program gets wrong', () => {
  /** As JavaScript calls it: nothing has looked at the types. */
  const untyped = library as unknown as Readonly<Record<string, (options?: unknown) => Promise<unknown>>>
  const first = (options?: unknown): Promise<unknown> => library.stream(options as never).next()
  const functions: typeof untyped = { ...untyped, stream: first }

  it.each(['run', 'stream', 'estimate', 'check', 'retry'])(
    'are refused by %s with the name that was meant',
    async name => {
      const given = { input: 'x.csv', results: 'x.csv', promt: 'x' }
      const { input, results, ...rest } = given
      await expect(
        functions[name]?.({ ...rest, ...(name === 'retry' ? { results } : { input }) }),
      ).rejects.toMatchObject({
        code: 'bad_flag',
        message: `${name} has no option "promt"`,
        hint: 'Did you mean prompt?',
      })
    },
  )

  it('are refused by startSimulator', async () => {
    const start = untyped['startSimulator']?.({ rpmm: 3 })
    await expect(start).rejects.toMatchObject({ code: 'bad_flag', hint: 'Did you mean rpm?' })
  })

  it.each(['run', 'stream', 'estimate', 'check'])('%s asks for an input', async name => {
    const wanted = { code: 'bad_flag', message: expect.stringContaining(name) as string }
    for (const input of [undefined, null, 5, '', {}]) {
      await expect(functions[name]?.({ input, model: 'gpt-4o-mini' })).rejects.toMatchObject(wanted)
    }
    await expect(functions[name]?.()).rejects.toMatchObject(wanted)
  })

  it.each([undefined, null, 5])('retry and status ask for the results, not %s', async results => {
    const wanted = { code: 'bad_flag', message: expect.stringContaining('path of the results') as string }
    await expect(untyped['retry']?.({ results })).rejects.toMatchObject(wanted)
    await expect(untyped['status']?.(results)).rejects.toMatchObject(wanted)
  })

  it('are the same for estimate and check as for run, callbacks and outputs among them', async () => {
    const work = await createWorkspace()
    const all = { output: work.at('out.jsonl'), apiKey: 'k', onOutcome: () => undefined, dedupe: true }
    expect(await library.check({ input: prompts(1), model: 'gpt-4o-mini', ...all })).toMatchObject({ ok: true })
    expect(await library.estimate({ input: prompts(1), model: 'gpt-4o-mini', ...all })).toMatchObject({
      rows: { pending: 1 },
    })
  })
})
