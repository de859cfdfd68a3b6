import { describe, expect, it } from 'vitest'
import { renderSummary } from '../../src/cli/totals.js'
import type { Summary } from '../../src/core/summary.js'

const tokens = { prompt: 30, cached: 0, completion: 20, reasoning: 0 }

const summary: Summary = {
  rows: { total: 3, ok: 3, failed: 0, pending: 0 },
  failures: {},
  tokens,
  cost_usd: '0.0012',
  cost_unknown_rows: 0,
  attempts: 3,
  wall_ms: 100,
  models: {},
  flagged: {},
  simulated: false,
  copies: { rows: 0, tokens, saved_usd: null },
  unclear: { calls: 0, at_most_usd: '0' },
}

const show = (changes: Partial<Summary>): string =>
  renderSummary({ color: false }, { ...summary, ...changes }).join('\n')

describe('the totals', () => {
  it.each([
    [0, /^cost {5}\$0.001200 \(exactly 0.0012 USD\)$/m],
    [1, /^cost {5}\$0.001200 \(exactly 0.0012 USD\) without 1 row whose cost is unknown$/m],
    [1200, /^cost {5}\$0.001200 \(exactly 0.0012 USD\) without 1,200 rows whose cost is unknown$/m],
  ])('say how many rows are not in the cost: %d', (rows, line) => {
    expect(show({ cost_unknown_rows: rows })).toMatch(line)
  })

  it('say of how many rows the cost is unknown where none is known', () => {
    expect(show({ cost_usd: null, cost_unknown_rows: 2 })).toMatch(/^cost {5}unknown for 2 rows$/m)
  })

  it.each([
    [{ calls: 1, at_most_usd: null }, 'unclear  1 call without an answer may have been billed: not in the cost'],
    [
      { calls: 1200, at_most_usd: '0.5' },
      'unclear  1,200 calls without an answer may have been billed: at most $0.5000 beside the cost',
    ],
  ])('tell of calls that may have been billed: %j', (unclear, line) => {
    expect(show({ unclear }).split('\n')).toContain(line)
    expect(show({})).not.toContain('unclear')
  })
})
