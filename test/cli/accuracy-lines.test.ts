import { describe, expect, it } from 'vitest'
import { renderAccuracy } from '../../src/cli/accuracy-lines.js'
import type { Accuracy } from '../../src/commands/results/accuracy.js'

const exact: Accuracy = {
  rows: 60,
  prompt_tokens: { estimated: 8469, actual: 8469, error: 0 },
  completion_tokens: { estimated: 12_000, actual: 12_000, error: 0 },
  cost_usd: { estimated: '0.00847', actual: '0.00847', error: 0 },
  answers: { source: 'assumption', expected: 200, actual: 200 },
  cached_tokens: 0,
  repeated_calls: 0,
  unreported_rows: 0,
}

const show = (changes: Partial<Accuracy>): string =>
  renderAccuracy({ ...exact, ...changes })
    .map(([name, text]) => `${name} ${text}`)
    .join('\n')

describe('renderAccuracy', () => {
  it('says nothing where nothing was sent', () => {
    expect(renderAccuracy(undefined)).toEqual([])
  })

  it('needs no reason for an estimate that was right', () => {
    expect(show({})).toBe('estimate 8,469 prompt (exact), 12,000 completion (exact), $0.008470 (exact)')
  })

  it.each<[string, Partial<Accuracy>, string]>([
    [
      'answers of another length than was assumed',
      {
        completion_tokens: { estimated: 12_000, actual: 4000, error: 2 },
        answers: { source: 'assumption', expected: 200, actual: 66.7 },
      },
      '12,000 completion (+200.0 %), $0.008470 (exact)\nbecause answers took 67 tokens on average, not the 200 assumed',
    ],
    ['input from the cache', { cached_tokens: 1024 }, '\nbecause 1,024 prompt tokens came from the cache'],
    ['repeats', { repeated_calls: 1, unreported_rows: 2 }, '\nbecause 1 call repeated; 2 rows without reported tokens'],
    [
      'how far it was off, below as well as above',
      { prompt_tokens: { estimated: 990, actual: 1000, error: -0.01 } },
      '990 prompt (-1.00 %)',
    ],
    ['nothing of prompts that were not counted', { prompt_tokens: null }, 'estimate 12,000 completion (exact), $'],
    ['no cost where the price is unknown', { cost_usd: null }, '12,000 completion (exact)'],
  ])('tells %s', (_title, changes, text) => {
    expect(show(changes)).toContain(text)
  })
})
