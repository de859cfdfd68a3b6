import { describe, expect, it } from 'vitest'
import { type Outcome, pendingOutcome } from '../../src/core/outcome.js'
import { createTally } from '../../src/core/summary.js'

const summarise = (outcomes: readonly Partial<Outcome>[]) => {
  const tally = createTally()
  for (const outcome of outcomes) tally.add({ ...pendingOutcome(1), ...outcome })
  return tally.summary(0)
}

describe('createTally', () => {
  it('counts what failed rows failed of, and what to look at in answered ones', () => {
    const { rows, failures, flagged } = summarise([
      { status: 'ok' },
      { status: 'ok', errorCode: 'truncated' },
      { status: 'failed', errorCode: 'timeout' },
      { status: 'failed', errorCode: 'timeout' },
    ])
    expect(rows).toEqual({ total: 4, ok: 2, failed: 2, pending: 0 })
    expect(failures).toEqual({ timeout: 2 })
    expect(flagged).toEqual({ truncated: 1 })
  })

  it('counts nothing of what came of pending rows so far', () => {
    const { rows, failures, flagged } = summarise([{ status: 'pending', errorCode: 'invalid_body' }])
    expect(rows).toEqual({ total: 1, ok: 0, failed: 0, pending: 1 })
    expect({ failures, flagged }).toEqual({ failures: {}, flagged: {} })
  })
})
