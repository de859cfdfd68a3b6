import { describe, expect, it } from 'vitest'
import { renderEstimate } from '../../src/cli/estimate-table.js'
import type { Estimate } from '../../src/commands/estimate/report.js'

const model: Estimate['models'][string] = {
  rows: 1300,
  tokens: { prompt: 83_120, completion: { low: 65_000, expected: 260_000, high: 1_040_000 } },
  cost_usd: { low: '0.051468', expected: '0.168468', high: '0.636468' },
  encoding: 'o200k_base',
  approximate: false,
  prices: [{ service_tier: null, input: '0.15', cached_input: '0.075', cache_write: null, output: '0.6', rows: 1300 }],
}

const sample: Estimate = {
  input: 'reviews.csv',
  rows: { total: 1319, pending: 1300, ok: 18, failed: 1, copies: 0 },
  tokens: model.tokens,
  cost_usd: model.cost_usd,
  cost_limit_usd: null,
  cost_unknown_rows: 0,
  answers: {
    source: 'assumption',
    seen: 0,
    simulated: false,
    tokens: { low: 50, expected: 200, high: 800 },
    p10: null,
    p50: null,
    p90: null,
  },
  duration: { ms: 71_094, bound_by: 'concurrency', latency_ms: 3500, measured: false },
  spent: {
    tokens: { prompt: 0, cached: 0, completion: 0, reasoning: 0 },
    cost_usd: '0',
    cost_unknown_rows: 0,
    simulated: false,
  },
  cache: { shared_prefix_tokens: 0, tokens: 0, saved_usd: '0' },
  lanes: { flex: null, batch: null },
  models: { 'gpt-4o-mini': model },
  compared: [],
  repeats: { rows: 0, tokens: { prompt: 0, completion: 0 }, saved_usd: '0', share: 0 },
  prices: { source: '@pydantic/genai-prices 0.1.8', date: '2026-11-24' },
  warnings: [],
}

const show = (changes: Partial<Estimate>): string =>
  renderEstimate({ color: false }, { ...sample, ...changes }).join('\n')

describe('the table of an estimate', () => {
  it('has rows, tokens, cost, price and time', () => {
    expect(show({})).toMatchInlineSnapshot(`
      "reviews.csv: 1,300 of 1,319 rows to send (18 ok, 1 failed)
      model         rows  prompt tokens  completion  cost low  expected     high
      gpt-4o-mini  1,300         83,120     260,000   $0.0515   $0.1685  $0.6365
      answers  ≈ 200 completion tokens a row (50 to 800), assumed: no answer has been seen (--sample N asks N rows, --like RESULTS goes by an earlier run)
      price    gpt-4o-mini $0.15 prompt, $0.075 cached, $0.6 completion per million tokens; @pydantic/genai-prices 0.1.8, 2026-11-24
      time     ≈ 1 m 11 s, set by --concurrency (3.5 s an answer, assumed)"
    `)
  })

  it.each<[string, Partial<Estimate>, RegExp]>([
    [
      'an unknown price',
      { models: { x: { ...model, cost_usd: null, prices: [] } } },
      /^x .* unknown +unknown +unknown$/m,
    ],
    ['rows that are not in the cost', { cost_unknown_rows: 3 }, /without 3 rows whose price is not known/],
    ['approximate tokens', { models: { x: { ...model, approximate: true } } }, /≈ 83,120/],
    ['the one row that is not in the cost', { cost_unknown_rows: 1 }, /without 1 row whose price is not known/],
    [
      'the one row whose cost is not in what was spent',
      { spent: { ...sample.spent, cost_unknown_rows: 1 } },
      /^spent .* without 1 row of unknown cost$/m,
    ],
    [
      'what was spent',
      { spent: { ...sample.spent, tokens: { ...sample.spent.tokens, prompt: 9 }, cost_usd: '0.0012' } },
      /^spent {4}\$0.001200 \(exactly 0.0012 USD\)$/m,
    ],
    ['the upper limit', { cost_limit_usd: '0.7' }, /^limit {4}at most \$0.7000/m],
    ['a total of several models', { models: { a: model, b: model } }, /^total +1,300/m],
    [
      'where the expectation comes from',
      { answers: { ...sample.answers, source: 'like', seen: 100, p10: 20, p50: 60, p90: 300 } },
      /as in the run given with --like: 100 answers, p10 20, p50 60, p90 300; 95 % interval$/m,
    ],
    [
      'what a few answers were like, without an interval',
      { answers: { ...sample.answers, source: 'sample', seen: 2, p10: 20, p50: 20, p90: 300 } },
      /\(50 to 800\), as in the sample: 2 answers, the shortest and the longest of them; too few for an interval$/m,
    ],
    [
      'that the answers gone by are made up',
      { answers: { ...sample.answers, source: 'sample', seen: 9, simulated: true, p10: 20, p50: 60, p90: 300 } },
      /as in the sample: 9 answers \(simulated\), p10/,
    ],
    [
      'that what was spent was not charged',
      { spent: { ...sample.spent, tokens: { ...sample.spent.tokens, prompt: 9 }, simulated: true } },
      /^spent .*; simulated: nothing was charged$/m,
    ],
    ['a measured latency', { duration: { ...sample.duration, measured: true } }, /\(3.5 s an answer\)$/m],
    [
      'what a cache may save',
      { cache: { shared_prefix_tokens: 1280, tokens: 12_800, saved_usd: '0.05' } },
      /^cache {4}up to \$0.0500 less: the prompts share their first 1,280 tokens/m,
    ],
    [
      'the lanes side by side',
      { lanes: { flex: { low: '0.01', expected: '0.084234', high: '0.3' }, batch: null } },
      /^lanes {4}now \$0.1685, flex \$0.0842, batch unknown/m,
    ],
    [
      'other models, in their order',
      {
        compared: [
          { ...model, model: 'b' },
          { ...model, model: 'a', cost_usd: null },
        ],
      },
      /cheapest first:\n.*\nb .*\$0.1685.*\na .*unknown/,
    ],
    [
      'that nothing is left to send',
      { rows: { total: 3, pending: 0, ok: 3, failed: 0, copies: 0 } },
      /^reviews.csv: 0 of 3 rows to send \(3 ok, 0 failed\)$/,
    ],
    [
      'rows that share the call of an equal one',
      { rows: { total: 3, pending: 1, ok: 0, failed: 0, copies: 2 } },
      /^reviews.csv: 1 of 3 rows to send \(0 ok, 0 failed, 2 share the call of an equal one\)\n/,
    ],
    [
      'what --dedupe would save',
      { repeats: { rows: 130, tokens: { prompt: 9000, completion: 26_000 }, saved_usd: '0.0169', share: 0.1 } },
      /\nrepeats +130 rows ask the very same as an earlier one: --dedupe .* saves \$0.0169, 10.0 %/,
    ],
    [
      'what --dedupe would save on one row',
      { repeats: { rows: 1, tokens: { prompt: 90, completion: 200 }, saved_usd: null, share: 0.5 } },
      /\nrepeats +1 row asks the very same as an earlier one: --dedupe .* saves 50.0 %/,
    ],
  ])('shows %s', (_title, changes, line) => {
    expect(show(changes)).toMatch(line)
  })

  it('does not offer --dedupe where it would save next to nothing', () => {
    const repeats = { rows: 1, tokens: { prompt: 90, completion: 200 }, saved_usd: '0.0001', share: 0.0008 }
    expect(show({ repeats })).not.toContain('--dedupe')
  })
})
