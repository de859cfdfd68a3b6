import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type EstimateOptions, estimate } from '../../src/commands/estimate.js'
import { PromptmillError } from '../../src/core/errors.js'
import { parseUsd } from '../../src/core/money.js'
import { pngUrl } from '../pricing/images.js'
import { createPorts, createRealEndpoint, createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const look = (work: Workspace, options: EstimateOptions) =>
  estimate({ model: 'gpt-4o-mini', baseUrl: work.simulator.url, ...options }, createPorts(), { threads: 0 })

const refusal = async (looking: Promise<unknown>): Promise<PromptmillError> => {
  const error: unknown = await looking.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (error instanceof PromptmillError) return error
  throw new Error('not refused', { cause: error })
}

describe('an estimate', () => {
  it('counts the prompt tokens that the endpoint then reports, to the token', async () => {
    const work = await createWorkspace()
    const rows = [
      'What is 7 × 8?',
      '今天天气很好，我们去公园吧。',
      '明日は雨です',
      'const a = (b) => b ** 2 // 👩‍👩‍👧',
      '<|endoftext|>',
    ]
    const lines = rows.map(prompt => `${JSON.stringify({ prompt })}\n`)
    const input = await work.write('in.jsonl', lines.join(''))
    const options = { input, system: 'Answer in one word, please.', maxTokens: 20 }
    const { tokens } = await look(work, options)
    await work.run(options)
    expect(tokens.prompt).toBe(work.simulator.ledger().prompt_tokens)
  })

  it('sends nothing and leaves nothing', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(5))
    const { rows } = await look(work, { input })
    expect(rows).toEqual({ total: 5, pending: 5, ok: 0, failed: 0, copies: 0 })
    expect(work.simulator.ledger().calls).toBe(0)
    expect(await readdir(work.folder)).toEqual(['in.csv'])
  })

  it('is bounded from above by --max-tokens', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(100))
    const { tokens, cost_usd, cost_limit_usd, answers } = await look(work, { input, maxTokens: 30 })
    // How short the shortest are a limit does not tell.
    expect(tokens.completion).toEqual({ low: 750, expected: 3000, high: 3000 })
    // 0.15 and 0.60 USD a million.
    expect(cost_usd?.high).toBe(((tokens.prompt * 0.15 + 3000 * 0.6) / 1e6).toFixed(7).replace(/0+$/, ''))
    expect(cost_limit_usd).toBe(cost_usd?.high)
    expect(answers.source).toBe('assumption')
  })

  it('says what it assumes, and takes the word of --expect-tokens', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(10))
    const assumed = await look(work, { input })
    expect(assumed.answers).toMatchObject({ source: 'assumption', seen: 0, tokens: { expected: 200 }, p50: null })
    expect(assumed.cost_limit_usd).toBeNull()
    const told = await look(work, { input, expectTokens: 12 })
    expect(told.tokens.completion).toEqual({ low: 30, expected: 120, high: 480 })
    const limited = await look(work, { input, expectTokens: 12, maxTokens: 100 })
    expect(limited.tokens.completion).toEqual({ low: 30, expected: 120, high: 1000 })
  })

  it('cuts each answer of another run at --max-tokens, and not their mean', async () => {
    const work = await createWorkspace({ outputTokens: 40, outputSpread: 0.8 })
    await work.run({ input: await work.write('before.csv', manyPrompts(60)) })
    const lengths = (await work.readCsv('before.results.csv')).map(row => Number(row['completion_tokens']))
    const input = await work.write('in.csv', manyPrompts(10))
    const { tokens, answers } = await look(work, { input, like: work.at('before.results.csv'), maxTokens: 40 })
    const cut = lengths.reduce((sum, length) => sum + Math.min(length, 40), 0)
    expect(answers.tokens.expected).toBeCloseTo(cut / 60, 1)
    expect(tokens.completion.expected).toBeLessThan(400)
    expect(tokens.completion.low).toBeLessThan(tokens.completion.expected)
    expect(tokens.completion.high).toBeGreaterThan(tokens.completion.expected)
    expect(tokens.completion.high).toBeLessThanOrEqual(400)
  })

  it('covers the rows that are left, and tells what was spent', async () => {
    const work = await createWorkspace({ outputTokens: 20, outputSpread: 0.5 })
    const input = await work.write('in.csv', manyPrompts(30))
    const { summary } = await work.run({ input })
    await work.write('in.csv', `${manyPrompts(30)}31,one more\n32,and another\n`)
    const { rows, spent, answers } = await look(work, { input })
    expect(rows).toEqual({ total: 32, pending: 2, ok: 30, failed: 0, copies: 0 })
    expect(spent).toEqual({ tokens: summary.tokens, cost_usd: summary.cost_usd, cost_unknown_rows: 0, simulated: true })
    expect(answers).toMatchObject({ source: 'run', seen: 30 })
  })

  it('has nothing to say of a finished run but what it cost', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    await work.run({ input })
    const { rows, cost_usd, duration } = await look(work, { input })
    expect(rows).toEqual({ total: 3, pending: 0, ok: 3, failed: 0, copies: 0 })
    expect(cost_usd).toEqual({ low: '0', expected: '0', high: '0' })
    expect(duration.ms).toBe(0)
  })

  it('learns from the answers of another run', async () => {
    const work = await createWorkspace({ outputTokens: 40, outputSpread: 0.8, latencyMs: 2 })
    const before = await work.run({ input: await work.write('before.csv', manyPrompts(100)) })
    const input = await work.write('in.csv', manyPrompts(400))
    const { answers, tokens, duration, warnings } = await look(work, { input, like: work.at('before.results.csv') })
    const mean = before.summary.tokens.completion / 100
    expect(answers).toMatchObject({ source: 'like', seen: 100 })
    expect(tokens.completion.expected).toBe(Math.round(400 * mean))
    expect(tokens.completion.low).toBeLessThan(tokens.completion.expected)
    expect(tokens.completion.high).toBeGreaterThan(tokens.completion.expected)
    expect(answers.p10).toBeLessThan(answers.p90 ?? 0)
    expect(duration.measured).toBe(false)
    expect(warnings.join('\n')).toMatch(/before\.results\.csv are simulated: the lengths expected here are made up/)
  })

  it('takes the times of another run where they are real', async () => {
    const work = await createWorkspace()
    const before = await work.write('before.csv', manyPrompts(3))
    await work.run({ input: before, baseUrl: await createRealEndpoint() })
    const input = await work.write('in.csv', manyPrompts(10))
    const { duration, warnings } = await look(work, { input, like: work.at('before.results.csv') })
    expect(duration.measured).toBe(true)
    expect(warnings).toEqual([])
  })

  it('never takes an unknown price for nothing', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    const { cost_usd, cost_unknown_rows, warnings, models } = await look(work, { input, model: 'my-own-model' })
    expect(cost_usd).toBeNull()
    expect(cost_unknown_rows).toBe(3)
    expect(models['my-own-model']).toMatchObject({ cost_usd: null, approximate: true, encoding: 'o200k_base' })
    expect(warnings.join('\n')).toMatch(/No price is known for my-own-model: 3 rows[^]*not published/)
  })

  it('names the model that was probably meant, of those compared too', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    const { warnings } = await look(work, { input, model: 'gpt4o-mini', compare: ['gpt5-mini,gpt-4.1'] })
    const told = warnings.filter(text => text.startsWith('No price'))
    expect(told).toEqual([
      expect.stringContaining('gpt4o-mini (did you mean gpt-4o-mini?): 3 rows'),
      'No price is known for gpt5-mini (did you mean gpt-5-mini?), which is compared',
    ])
  })

  it('prices each model and service tier of a Batch API file by itself', async () => {
    const work = await createWorkspace()
    const line = (model: string, extra: object): string => {
      const body = { model, messages: [{ role: 'user', content: 'hi' }], max_completion_tokens: 10, ...extra }
      return `${JSON.stringify({ custom_id: model, method: 'POST', url: '/v1/chat/completions', body })}\n`
    }
    const input = await work.write(
      'in.jsonl',
      line('gpt-4o-mini', {}) + line('gpt-4o-mini', { service_tier: 'flex' }) + line('gpt-4.1', { n: 2 }),
    )
    const { models, cost_usd } = await look(work, { input, model: undefined })
    expect(models['gpt-4o-mini']?.cost_usd?.high).toBe('0.0000108')
    expect(models['gpt-4o-mini']?.prices.map(price => [price.service_tier, price.output])).toEqual([
      [null, '0.6'],
      ['flex', '0.3'],
    ])
    expect(models['gpt-4.1']).toMatchObject({ rows: 1, tokens: { prompt: 8, completion: { high: 20 } } })
    expect(models['gpt-4.1']?.cost_usd?.high).toBe('0.000176')
    expect(cost_usd?.high).toBe('0.0001868')
  })

  it('counts images by their size as the endpoint does, and says what it assumes of others', async () => {
    const work = await createWorkspace()
    const row = (url: string): string => {
      const content = [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url } },
      ]
      return `${JSON.stringify({ messages: [{ role: 'user', content }] })}\n`
    }
    const lines = [pngUrl(512, 512), 'https://example.com/cat.png', 'data:image/png;base64,AAAA'].map(row)
    const options = { input: await work.write('in.jsonl', lines.join('')), model: 'gpt-4o' }
    const { tokens, warnings } = await look(work, options)
    await work.run(options)
    expect(tokens.prompt).toBe(work.simulator.ledger().prompt_tokens)
    expect(tokens.prompt).toBeGreaterThan(255 + 765 + 765)
    expect(warnings).toEqual([
      '1 image behind a URL, or for a model whose rule is not known: taken as 1024 × 1024 pixels',
      '1 image whose data are no PNG, JPEG, WEBP or GIF: taken as 1024 × 1024 pixels',
    ])
  })

  it('measures the beginning that prompts share, and counts on the cache only for the low cost', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(10))
    const options = { input, system: 'Answer as briefly as you can. '.repeat(300), maxTokens: 10 }
    const { cache, cost_usd, tokens } = await look(work, options)
    expect(cache.shared_prefix_tokens % 128).toBe(0)
    expect(cache.shared_prefix_tokens).toBeGreaterThan(1024)
    expect(cache.shared_prefix_tokens).toBeLessThanOrEqual(tokens.prompt / 10)
    expect(cache.tokens).toBe(9 * cache.shared_prefix_tokens)
    const [low, expected] = [parseUsd(cost_usd?.low ?? '') ?? 0n, parseUsd(cost_usd?.expected ?? '') ?? 0n]
    // Beside the cache the low cost has shorter answers, at 0.60 USD a million.
    const shorter = BigInt(tokens.completion.expected - tokens.completion.low) * 600_000_000n
    expect(expected - low).toBe((parseUsd(cache.saved_usd) ?? 0n) + shorter)
    const { summary } = await work.run({ ...options, concurrency: 1 })
    expect(summary.tokens.cached).toBeGreaterThan(0)
    expect(parseUsd(summary.cost_usd ?? '')).toBeGreaterThanOrEqual(low)
    expect(parseUsd(summary.cost_usd ?? '')).toBeLessThanOrEqual(expected)
  })

  it('shows what the slow lanes save', async () => {
    const work = await createWorkspace()
    const { cost_usd, lanes } = await look(work, { input: await work.write('in.csv', manyPrompts(10)), maxTokens: 10 })
    const half = (parseUsd(cost_usd?.expected ?? '') ?? 0n) / 2n
    expect(parseUsd(lanes.flex?.expected ?? '')).toBe(half)
    expect(parseUsd(lanes.batch?.expected ?? '')).toBe(half)
    const unknown = await look(work, { input: work.at('in.csv'), model: 'my-own-model' })
    expect(unknown.lanes).toEqual({ flex: null, batch: null })
  })

  it('holds models against each other, cheapest first, those without a price last', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(10))
    const { compared, models } = await look(work, { input, compare: ['my-own-model,gpt-4o', 'gpt-4'], maxTokens: 10 })
    expect(compared.map(({ model, rows, cost_usd }) => [model, rows, cost_usd?.expected !== undefined])).toEqual([
      ['gpt-4o-mini', 10, true],
      ['gpt-4o', 10, true],
      ['gpt-4', 10, true],
      ['my-own-model', 10, false],
    ])
    expect(compared[0]?.cost_usd).toEqual(models['gpt-4o-mini']?.cost_usd)
    const alone = await look(work, { input, model: 'gpt-4', maxTokens: 10 })
    expect(compared[2]?.cost_usd).toEqual(alone.cost_usd)
  })

  it('compares the rows that are left, and no others', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    await work.run({ input })
    await work.write('in.csv', `${manyPrompts(3)}4,one more\n`)
    const { compared } = await look(work, { input, compare: ['gpt-4o'] })
    expect(compared.map(({ model, rows }) => [model, rows])).toEqual([
      ['gpt-4o-mini', 1],
      ['gpt-4o', 1],
    ])
  })

  it('refuses to compare rows that name their own model', async () => {
    const work = await createWorkspace()
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }
    const line = { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body }
    const input = await work.write('in.jsonl', `${JSON.stringify(line)}\n`)
    expect((await refusal(look(work, { input, compare: ['gpt-4o'] }))).message).toContain(
      'the rows name their own model',
    )
  })

  it('says what --dedupe would save, which is what it then counts less', async () => {
    const work = await createWorkspace()
    const rows = ['one and two', 'three', 'one and two', 'one and two', 'three']
    const input = await work.write('in.csv', `prompt\n${rows.join('\n')}\n`)
    const plain = await look(work, { input })
    const once = await look(work, { input, dedupe: true })
    expect(plain.repeats.rows).toBe(3)
    expect(once.rows).toEqual({ total: 5, pending: 2, ok: 0, failed: 0, copies: 3 })
    expect(once.repeats.rows).toBe(0)
    expect(plain.tokens.prompt - once.tokens.prompt).toBe(plain.repeats.tokens.prompt)
    const [all, fewer] = [plain, once].map(({ cost_usd }) => parseUsd(cost_usd?.expected ?? '') ?? 0n)
    expect((all ?? 0n) - (fewer ?? 0n)).toBe(parseUsd(plain.repeats.saved_usd ?? ''))
    expect(plain.repeats.share).toBeCloseTo(3 / 5, 1)
  })

  it('reads rows from a stream and keeps no copy', async () => {
    const work = await createWorkspace()
    const bytes = (async function* () {
      yield Buffer.from(manyPrompts(4))
    })()
    const { rows } = await look(work, { input: { bytes }, format: 'csv', output: work.at('out.csv') })
    expect(rows.pending).toBe(4)
    expect(await readdir(work.folder)).toEqual([])
  })

  it('tells how far it is', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1200))
    const shares: number[] = []
    await estimate({ model: 'gpt-4o-mini', input }, createPorts(), {
      threads: 0,
      onCounting: ({ share }) => void shares.push(share),
    })
    expect(shares.length).toBeGreaterThan(1)
    expect(shares.at(-1)).toBe(1)
  })
})

describe('an estimate of rows that a run would refuse', () => {
  it('says so and estimates the others', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt\none\n""\nthree\n')
    const { rows, warnings } = await look(work, { input })
    expect(rows).toEqual({ total: 3, pending: 2, ok: 0, failed: 1, copies: 0 })
    expect(warnings.join('\n')).toMatch(/A run would stop: .*row 2 \(line 3\)/s)
  })

  it('says that changed settings would pay for every row again', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    await work.run({ input })
    const { rows, warnings } = await look(work, { input, temperature: 0.5 })
    expect(rows.pending).toBe(3)
    expect(warnings.join('\n')).toMatch(/A run would stop: --temperature changed/)
  })

  it('is refused when there is not a single one to send', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt\n""\n')
    expect((await refusal(look(work, { input }))).message).toMatch(/1 row has no request/)
  })

  it.each([
    ['a file that is not there', 'no.csv', undefined, 'bad_input'],
    ['an empty file', 'in.csv', '', 'bad_input'],
    ['a column that the template names and the file lacks', 'in.csv', 'id\n1\n', 'bad_template'],
  ])('is refused for %s', async (_title, name, content, code) => {
    const work = await createWorkspace()
    if (content !== undefined) await work.write(name, content)
    expect((await refusal(look(work, { input: work.at(name) }))).code).toBe(code)
  })

  it('is nothing at all for a header alone', async () => {
    const work = await createWorkspace()
    const { rows, cost_usd } = await look(work, { input: await work.write('in.csv', 'prompt\n') })
    expect(rows.total).toBe(0)
    expect(cost_usd?.high).toBe('0')
  })

  it('is refused when --like names no run, or one without answers', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    expect((await refusal(look(work, { input, like: input }))).code).toBe('not_a_run')
    await work.run({ input })
    const few = await refusal(look(work, { input, like: work.at('in.results.csv') }))
    expect(few.message).toContain('it takes 2 answers to learn from, and the run has 1')
  })
})
