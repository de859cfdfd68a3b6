import { appendFileSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Notify } from '../../src/commands/ports.js'
import { readStatus } from '../../src/commands/status.js'
import { PromptmillError } from '../../src/core/errors.js'
import { createWorkspace, manyPrompts } from './workspace.js'

/** Lets something happen once. */
const once = (call: () => void): (() => void) => {
  let happened = false
  return () => {
    if (happened) return
    happened = true
    call()
  }
}

type Phase = readonly [phase: string, calls: number, notify: (change: () => void) => Notify]

// A cap without --max-tokens says so at the first row that is planned: that is how a test gets a foot into the planning.
const phases: readonly Phase[] = [
  ['planned', 0, change => ({ onNotice: change })],
  ['sent', 1, change => ({ onOutcome: change })],
  ['written to the results', 40, change => ({ onSent: change })],
]

describe('an input that changes', () => {
  it.each(phases)('I11: while it is %s ends the run, and the same command goes on', async (_phase, calls, watch) => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(40))
    const change = once(() => appendFileSync(input, '41,"Question 41, please"\n'))
    const options = { input, maxCost: 1, concurrency: 1 }
    const error: unknown = await work.run(options, watch(change)).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(PromptmillError)
    expect(error).toMatchObject({ code: 'input_changed', exitCode: 1, hint: expect.stringContaining('same command') })
    expect(work.simulator.ledger().calls).toBeGreaterThanOrEqual(calls)
    expect(await stat(work.at('in.results.csv')).catch(() => undefined)).toBeUndefined()

    const { summary, plan } = await work.run(options)
    expect(summary.rows).toEqual({ total: 41, ok: 41, failed: 0, pending: 0 })
    expect(plan.reused).toBeGreaterThanOrEqual(calls)
    expect(work.simulator.ledger().calls).toBe(41)
  })

  it('keeps what was in flight, and the results that were there before', async () => {
    const work = await createWorkspace({ latencyMs: 30, latencySpread: 0 })
    const input = await work.write('in.csv', manyPrompts(5))
    await work.run({ input })
    const before = await readFile(work.at('in.results.csv'), 'utf8')
    writeFileSync(input, manyPrompts(3000))
    const change = once(() => writeFileSync(input, 'id,prompt\n1,"cut in the mid'))
    const error: unknown = await work
      .run({ input, concurrency: 8 }, { onOutcome: change })
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'input_changed' })
    expect(await readFile(work.at('in.results.csv'), 'utf8')).toBe(before)
    expect((await readStatus(work.at('in.results.csv'))).summary.rows.ok).toBe(work.simulator.ledger().calls)
  })
})
