import { describe, expect, it } from 'vitest'
import { parseUsd } from '../../src/core/money.js'
import { createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const spentOf = (work: Workspace): bigint => {
  const { cost_usd, cost_usd_unseen } = work.simulator.ledger()
  return (parseUsd(cost_usd) ?? 0n) + (parseUsd(cost_usd_unseen) ?? 0n)
}

const usd = (amount: number): bigint => parseUsd(String(amount)) ?? 0n

/** What an answer of the simulator may take at most here. */
const maxTokens = 60

describe('--max-cost', () => {
  it('C3: is never exceeded, is used to at least 95 %, and is told', async () => {
    const work = await createWorkspace({ outputSpread: 0, outputTokens: maxTokens })
    const input = await work.write('in.csv', manyPrompts(300))
    const { stop, summary } = await work.run({ input, maxCost: 0.005, maxTokens })
    expect(stop?.code).toBe('budget_exhausted')
    expect(stop?.hint).toContain('--max-cost')
    expect(spentOf(work)).toBeLessThanOrEqual(usd(0.005))
    expect(spentOf(work)).toBeGreaterThanOrEqual(usd(0.00475))
    expect(summary.rows.pending).toBeGreaterThan(0)
    expect(summary.rows.failed).toBe(0)
  })

  it('C3: holds over all sessions, and a larger one goes on', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(200))
    await work.run({ input, maxCost: 0.001, maxTokens })
    const first = spentOf(work)
    await work.run({ input, maxCost: 0.001, maxTokens })
    expect(spentOf(work)).toBeLessThanOrEqual(usd(0.001))
    await work.run({ input, maxCost: 0.002, maxTokens })
    expect(spentOf(work)).toBeGreaterThan(first)
    expect(spentOf(work)).toBeLessThanOrEqual(usd(0.002))
  })

  it('counts calls that may have been billed, also those that nobody knows about, and after a resume', async () => {
    const faults = { faultCut: 0.2, faultHtml: 0.2, faultStall: 0 }
    const work = await createWorkspace({ ...faults, seed: 4 })
    const input = await work.write('in.csv', manyPrompts(300))
    for (let session = 0; session < 3; session++) {
      await work.run({ input, maxCost: 0.002, maxTokens })
      expect(spentOf(work)).toBeLessThanOrEqual(usd(0.002))
    }
  })

  it('lets everything through that fits', async () => {
    const work = await createWorkspace()
    const { summary, stop } = await work.run({
      input: await work.write('in.csv', manyPrompts(20)),
      maxCost: 1,
      maxTokens,
    })
    expect(stop).toBeUndefined()
    expect(summary.rows.ok).toBe(20)
  })

  it('C2: refuses to start when the price of a model is unknown', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    const run = work.run({ input, model: 'somebody-elses-model', maxCost: 1, maxTokens })
    await expect(run).rejects.toMatchObject({ code: 'bad_price', exitCode: 2 })
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('refuses to start when one row’s own model has no price', async () => {
    const work = await createWorkspace()
    const line = (model: string): string =>
      `{"custom_id":"${model}","method":"POST","url":"/v1/chat/completions","body":{"model":"${model}","max_tokens":5,"messages":[{"role":"user","content":"a"}]}}\n`
    const input = await work.write('in.jsonl', line('gpt-4o-mini') + line('somebody-elses-model'))
    await expect(work.run({ input, maxCost: 1 })).rejects.toMatchObject({ code: 'bad_price' })
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('without --max-tokens reserves the longest answer of the model, and says so', async () => {
    const work = await createWorkspace()
    const notices: string[] = []
    const input = await work.write('in.csv', manyPrompts(3))
    const onNotice = (text: string): void => void notices.push(text)
    const { stop } = await work.run({ input, maxCost: 0.001 }, { onNotice })
    expect(notices.join('\n')).toContain('--max-tokens')
    expect(stop?.code).toBe('budget_exhausted')
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it.each([0, -1, Number.NaN])('refuses a cap of %d', async maxCost => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await expect(work.run({ input, maxCost })).rejects.toMatchObject({ code: 'bad_flag' })
  })

  const sound = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }
  const pdf = { type: 'file', file: { file_id: 'file-abc' } }
  const video = { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } }
  const text = { type: 'text', text: 'What is this?' }
  const asked = (...parts: readonly object[]): readonly object[] => [{ role: 'user', content: [text, ...parts] }]
  const answered = [{ role: 'user', content: 'hi' }, { role: 'assistant', audio: { id: 'audio_abc' } }, ...asked()]
  const toBatchLine = (body: object): object => ({ custom_id: 'b', method: 'POST', url: '/v1/chat/completions', body })

  it.each<[string, object, RegExp]>([
    ['sound', { messages: asked(sound) }, /what sound, files .* take is not known/],
    ['a file', { messages: asked(pdf) }, /what sound, files .* take is not known/],
    ['a part of a kind not known', { messages: asked(video) }, /what sound, files .* take is not known/],
    ['an earlier answer of sound', { messages: answered }, /what sound, files .* take is not known/],
    [
      'sound, in a Batch API line',
      toBatchLine({ model: 'gpt-4o-mini', max_tokens: 5, messages: asked(sound) }),
      /line 2\).*what sound, files .* take is not known/,
    ],
    ['a web search', { messages: asked(), params: { web_search_options: {} } }, /what a web search costs is not known/],
  ])('sends nothing when a row holds or asks for what has no known worst case: %s', async (_title, row, message) => {
    const work = await createWorkspace()
    const lines = [{ messages: [{ role: 'user', content: 'plain' }] }, row]
    const input = await work.write('in.jsonl', lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    const told: unknown = await work.run({ input, maxCost: 1, maxTokens }).catch((error: unknown) => error)
    expect(told).toMatchObject({ code: 'bad_flag', exitCode: 2, hint: expect.stringContaining('--max-cost') as string })
    expect(String(told)).toMatch(/row 2 \(line 2\)/)
    expect(String(told)).toMatch(message)
    expect(work.simulator.ledger().calls).toBe(0)
    const { summary } = await work.run({ input, maxTokens })
    expect(summary.rows.ok).toBe(2)
  })

  const spoken = ['modalities=["text","audio"]', 'audio={"voice":"alloy","format":"wav"}']

  it('reserves answers of sound at the price of sound, and those of text at that of text', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    // 60 tokens of gpt-audio are $0.0006 as text and $0.00384 as sound.
    const given = { input, model: 'gpt-audio', maxCost: 0.002, maxTokens }
    const { stop } = await work.run({ ...given, param: spoken, output: work.at('spoken.csv') })
    expect(stop?.code).toBe('budget_exhausted')
    expect(work.simulator.ledger().calls).toBe(0)
    const { summary } = await work.run({ ...given, output: work.at('written.csv') })
    expect(summary.rows.ok).toBe(1)
  })

  it('refuses to start when an answer of sound has no known price', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    const run = work.run({ input, model: 'gpt-4o-audio-preview', param: spoken, maxCost: 1, maxTokens })
    await expect(run).rejects.toMatchObject({
      code: 'bad_price',
      exitCode: 2,
      message: expect.stringContaining('sound') as string,
    })
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('reserves the largest image that the model takes for one behind a URL', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt,photo\nWhat is this?,https://example.com/a.png\n')
    // gpt-4o-mini takes up to 48,169 tokens of one, which is $0.0072; as 1024 × 1024 it would be half of that.
    const given = { input, imageColumn: ['photo'], maxTokens }
    const { stop } = await work.run({ ...given, maxCost: 0.007, output: work.at('little.csv') })
    expect(stop?.code).toBe('budget_exhausted')
    expect(work.simulator.ledger().calls).toBe(0)
    const { summary } = await work.run({ ...given, maxCost: 0.008, output: work.at('enough.csv') })
    expect(summary.rows.ok).toBe(1)
  })

  it('refuses to start where an image behind a URL may be of any size', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt,photo\nWhat is this?,https://example.com/a.png\n')
    const given = { input, model: 'gpt-5.6-sol', imageColumn: ['photo'], maxCost: 5, maxTokens }
    await expect(work.run(given)).rejects.toMatchObject({
      code: 'bad_flag',
      exitCode: 2,
      message: expect.stringMatching(/row 1 \(line 2\).*may be of any size/) as string,
      hint: expect.stringContaining('--image-detail high') as string,
    })
    expect(work.simulator.ledger().calls).toBe(0)
    const { summary } = await work.run({ ...given, imageDetail: 'high' })
    expect(summary.rows.ok).toBe(1)
  })
})
