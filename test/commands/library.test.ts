import { describe, expect, it } from 'vitest'
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

  it('passes an exception of onOutcome on, and loses nothing by it', async () => {
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
