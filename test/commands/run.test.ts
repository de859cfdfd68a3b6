import { readdir, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { estimate } from '../../src/commands/estimate.js'
import type { RowOutcome } from '../../src/commands/ports.js'
import { run } from '../../src/commands/run.js'
import { PromptmillError } from '../../src/core/errors.js'
import { parseUsd } from '../../src/core/money.js'
import { addedNames } from '../../src/output/columns.js'
import { createPorts, createRealEndpoint, createWorkspace, manyPrompts } from './workspace.js'

const refusal = async (work: Promise<unknown>): Promise<PromptmillError> => {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (error instanceof PromptmillError) return error
  throw new Error('not refused', { cause: error })
}

describe('a run', () => {
  it('answers every row in input order and leaves the cells as they were', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'id,prompt\n007,"say ""one"""\n008,two\n009," three\n lines "\n')
    const result = await work.run({ input })
    expect(result.results).toBe(work.at('in.results.csv'))
    const rows = await work.readCsv('in.results.csv')
    expect(rows.map(row => [row['id'], row['prompt'], row['status']])).toEqual([
      ['007', 'say "one"', 'ok'],
      ['008', 'two', 'ok'],
      ['009', ' three\n lines ', 'ok'],
    ])
    expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'prompt', ...addedNames({ prefix: '', fields: [] })])
    expect(rows.every(row => row['response'] !== '' && row['request_id'] !== '' && row['attempts'] === '1')).toBe(true)
    expect(work.simulator.ledger().calls).toBe(3)
  })

  it('agrees with the endpoint about tokens and money to the last digit', async () => {
    const work = await createWorkspace()
    const { summary } = await work.run({ input: await work.write('in.csv', manyPrompts(50)) })
    const ledger = work.simulator.ledger()
    expect(summary.cost_usd).toBe(ledger.cost_usd)
    expect(summary.tokens).toEqual({
      prompt: ledger.prompt_tokens,
      cached: ledger.cached_tokens,
      completion: ledger.completion_tokens,
      reasoning: ledger.reasoning_tokens,
    })
    const rows = await work.readCsv('in.results.csv')
    const sum = rows.reduce((total, row) => total + (parseUsd(row['cost_usd'] ?? '') ?? 0n), 0n)
    expect(sum).toBe(parseUsd(ledger.cost_usd))
  })

  it.each([
    ['in.csv', 'id,prompt\n'],
    ['in.json', '[]'],
  ])('says so when there is not a single row: %s', async (name, content) => {
    const work = await createWorkspace()
    const notices: string[] = []
    const input = await work.write(name, content)
    const { summary } = await work.run({ input }, { onNotice: text => notices.push(text) })
    expect(summary.rows.total).toBe(0)
    expect(notices).toEqual([expect.stringContaining('not a single row')])
  })

  it('sends nothing when it is given again', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(20))
    const first = await work.run({ input })
    const before = await work.read('in.results.csv')
    const second = await work.run({ input })
    expect(work.simulator.ledger().calls).toBe(20)
    expect(await work.read('in.results.csv')).toBe(before)
    expect(second.summary).toEqual(first.summary)
    expect(second.session.settled).toBe(0)
  })

  it.each([
    ['csv.gz', gzipSync('id,prompt\n1,one\n'), 'in.results.csv'],
    ['tsv', 'id\tprompt\n1\tone\n', 'in.results.tsv'],
    ['jsonl', '{"id":1,"prompt":"one"}\n', 'in.results.jsonl'],
    ['jsonl.gz', gzipSync('{"id":1,"prompt":"one"}\n'), 'in.results.jsonl'],
  ])('reads %s and writes beside it', async (extension, content, results) => {
    const work = await createWorkspace()
    const { summary } = await work.run({ input: await work.write(`in.${extension}`, content) })
    expect(summary.rows).toEqual({ total: 1, ok: 1, failed: 0, pending: 0 })
    expect(await readdir(work.folder)).toContain(results)
  })

  it('keeps JSONL lines byte for byte before what it adds', async () => {
    const work = await createWorkspace()
    const line = '{"id": 12345678901234567890, "prompt":"caf\\u00e9", "x":1.0}'
    await work.run({ input: await work.write('in.jsonl', `${line}\n`) })
    expect(await work.read('in.results.jsonl')).toMatch(
      new RegExp(`^${line.slice(0, -1).replaceAll('\\', '\\\\')},"response":`),
    )
  })

  it('writes JSONL from CSV and CSV from JSONL, by extension', async () => {
    const work = await createWorkspace()
    await work.run({ input: await work.write('a.csv', 'prompt\none\n'), output: work.at('a.jsonl') })
    await work.run({
      input: await work.write('b.jsonl', '{"prompt":"one"}\n{"prompt":"two","extra":1.50}\n'),
      output: work.at('b.csv'),
    })
    expect((await work.readJsonl('a.jsonl'))[0]).toMatchObject({ prompt: 'one', status: 'ok' })
    expect((await work.readCsv('b.csv')).map(row => row['extra'])).toEqual(['', '1.50'])
  })

  it('I9: gives three equal prompts three answers, each sent once', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt\nsame\nsame\nsame\n')
    await work.run({ input })
    await work.run({ input })
    expect(work.simulator.ledger().calls).toBe(3)
    expect((await work.readCsv('in.results.csv')).map(row => row['status'])).toEqual(['ok', 'ok', 'ok'])
  })

  it('tells of each row as it settles', async () => {
    const work = await createWorkspace()
    const seen: RowOutcome[] = []
    const input = await work.write('in.csv', manyPrompts(5))
    await work.run({ input }, { onOutcome: row => void seen.push(row) })
    expect(seen.map(({ row, line }) => [row, line]).toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 6],
    ])
    const rows = await work.readCsv('in.results.csv')
    for (const { row, outcome } of seen) expect(outcome.response).toBe(rows[row - 1]?.['response'])
  })

  it('keeps run folder and results to their owner', async () => {
    const work = await createWorkspace()
    await work.run({ input: await work.write('in.csv', manyPrompts(1)) })
    const mode = async (name: string): Promise<number> => (await stat(work.at(name))).mode & 0o777
    expect(await mode('in.results.csv')).toBe(0o600)
    expect(await mode('in.results.csv.run')).toBe(0o700)
    for (const file of await readdir(work.at('in.results.csv.run'))) {
      expect(await mode(`in.results.csv.run/${file}`)).toBe(0o600)
    }
  })

  it('I14: takes an input with a header alone, and writes one', async () => {
    const work = await createWorkspace()
    const { summary } = await work.run({ input: await work.write('in.csv', 'id,prompt\n') })
    expect(summary.rows.total).toBe(0)
    expect(await work.read('in.results.csv')).toBe(`id,prompt,${addedNames({ prefix: '', fields: [] }).join(',')}\n`)
  })

  it('spools a stream, so that it can be resumed without it', async () => {
    const work = await createWorkspace()
    const bytes = async function* (text: string) {
      if (text !== '') yield Buffer.from(text)
    }
    const output = work.at('out.csv')
    await work.run({ input: { bytes: bytes(manyPrompts(3)) }, format: 'csv', output })
    const { summary } = await work.run({ input: { bytes: bytes('') }, format: 'csv', output })
    expect(summary.rows.ok).toBe(3)
    expect(work.simulator.ledger().calls).toBe(3)
  })

  it.each([
    ['an offset beyond the end', { offset: 5 }],
    ['a column of images that there is not', { imageColumn: ['photo'] }],
    ['a column of ids that there is not', { idColumn: 'number' }],
  ])('leaves nothing of a stream behind that is refused for %s', async (_what, flags) => {
    const work = await createWorkspace()
    const bytes = async function* () {
      yield Buffer.from(manyPrompts(3))
    }
    const refused = work.run({ input: { bytes: bytes() }, format: 'csv', output: work.at('out.csv'), ...flags })
    await expect(refused).rejects.toBeInstanceOf(PromptmillError)
    expect(await readdir(work.at(''))).toEqual([])
  })

  it('takes rows from a program', async () => {
    const work = await createWorkspace()
    const rows = [
      { id: 1, prompt: 'one' },
      { id: 2, prompt: 'two' },
    ]
    await work.run({ input: rows, output: work.at('out.jsonl') })
    expect((await work.readJsonl('out.jsonl')).map(row => [row['id'], row['status']])).toEqual([
      [1, 'ok'],
      [2, 'ok'],
    ])
  })
})

describe('an edited input', () => {
  it('I10: is paid for where it was edited, wherever the other rows moved', async () => {
    const work = await createWorkspace()
    const prompts = ['a', 'b', 'c', 'd', 'e']
    const write = (names: readonly string[]) => work.write('in.csv', `prompt\n${names.join('\n')}\n`)
    await work.run({ input: await write(prompts) })
    const before = new Map((await work.readCsv('in.results.csv')).map(row => [row['prompt'], row['response']]))
    const { plan, summary } = await work.run({ input: await write(['e', 'x', 'a', 'c', 'y', 'd']) })
    expect(plan).toMatchObject({ rows: 6, reused: 4, moved: 4, edited: 1, new: 1, removed: 0, pending: 2 })
    expect(work.simulator.ledger().calls).toBe(7)
    const after = await work.readCsv('in.results.csv')
    expect(after.map(row => row['prompt'])).toEqual(['e', 'x', 'a', 'c', 'y', 'd'])
    for (const name of ['e', 'a', 'c', 'd']) {
      expect(after.find(row => row['prompt'] === name)?.['response']).toBe(before.get(name))
    }
    expect(summary.rows).toMatchObject({ total: 6, ok: 6 })
  })

  it('is not mixed with what was read before: a change while it is read ends the run', async () => {
    const work = await createWorkspace({}, { respond: () => undefined })
    const input = await work.write('in.csv', manyPrompts(2000))
    let touched = false
    const onOutcome = (): void => {
      if (touched) return
      touched = true
      void utimes(input, 1, 1)
    }
    const error = await refusal(work.run({ input, concurrency: 1 }, { onOutcome }))
    expect(error.code).toBe('input_changed')
    const { summary } = await work.run({ input })
    expect(summary.rows.ok).toBe(2000)
    expect(work.simulator.ledger().calls).toBe(2000)
  })
})

describe('changed settings', () => {
  it.each([
    ['--model', { model: 'gpt-4o' }],
    ['--prompt', { prompt: '{{prompt}}!' }],
    ['--system', { system: 'Be brief' }],
    ['--temperature', { temperature: 1 }],
    ['--top-p', { topP: 0.5 }],
    ['--max-tokens', { maxTokens: 9 }],
    ['--seed', { seed: 1 }],
    ['--reasoning-effort', { reasoningEffort: 'low' as const }],
    ['--param', { param: ['user="me"'] }],
  ])('C1: stop the run before every row is paid for again: %s', async (flag, change) => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    await work.run({ input })
    const error = await refusal(work.run({ input, ...change }))
    expect(error.code).toBe('settings_changed')
    expect(error.message).toContain(flag)
    expect(work.simulator.ledger().calls).toBe(3)
    await work.run({ input, ...change, changed: 'resend' })
    expect(work.simulator.ledger().calls).toBe(6)
  })

  it('stop a rehearsal as they would the run, without a word of paying', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    const options = { input, model: 'gpt-4o-mini', simulate: true }
    await run(options, createPorts())
    const changed = { ...options, prompt: '{{prompt}}!' }
    await expect(run(changed, createPorts())).rejects.toMatchObject({
      code: 'settings_changed',
      message: '--prompt changed since the last run: all 3 rows would be sent again',
    })
    const { plan } = await run({ ...changed, changed: 'resend' }, createPorts())
    expect(plan).toMatchObject({ rows: 3, edited: 3, pending: 3 })
  })

  it.each([
    [{ baseUrl: 'http://127.0.0.1:9/v1' }, 1],
    [{}, 0],
  ])('let a rehearsal say that the base URL it is given is not used: %j', async (given, said) => {
    const work = await createWorkspace()
    const notices: string[] = []
    const input = await work.write('in.csv', manyPrompts(2))
    const ports = createPorts({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })
    const options = { input, model: 'gpt-4o-mini', simulate: true, ...given }
    const { summary } = await run(options, ports, { notify: { onNotice: text => notices.push(text) } })
    expect(summary.rows.ok).toBe(2)
    expect(notices.filter(text => text.includes('--base-url'))).toHaveLength(said)
  })

  it('C1: that only concern the sending change nothing', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    await work.run({ input })
    await work.run({ input, concurrency: 1, retries: 0, timeout: 5 })
    expect(work.simulator.ledger().calls).toBe(3)
  })
})

describe('before the first cent', () => {
  it.each([
    ['a template that names an unknown column', { prompt: '{{nmae}}' }, 'id,prompt\n1,a\n', 'bad_template', /nmae/],
    ['a template with an unclosed brace', { prompt: 'a {{id' }, 'id,prompt\n1,a\n', 'bad_template', /never closed/],
    ['an empty prompt', {}, 'id,prompt\n1,a\n2,\n', 'bad_input', /row 2 \(line 3\)/],
    ['no column prompt', {}, 'id,text\n1,a\n', 'bad_template', /prompt/],
    ['a ragged row', {}, 'id,prompt\n1,a\n2\n', 'bad_input', /row 2 \(line 3\)/],
    ['a stray quote', {}, 'id,prompt\n1,a"b"\n', 'bad_input', /row 1 \(line 2\)/],
    ['an open quote', {}, 'id,prompt\n1,"a\n2,b\n', 'bad_input', /row 1 \(line 2\)/],
    ['two columns of one name', {}, 'id,id\n1,a\n', 'bad_input', /id/],
    ['a column that the results add', {}, 'prompt,status\na,b\n', 'bad_output', /status/],
    ['a parameter that is not JSON', { param: ['a'] }, 'prompt\na\n', 'bad_flag', /--param/],
    ['a rate of nothing', { rpm: 0 }, 'prompt\na\n', 'bad_flag', /--rpm/],
  ] as const)('%s is found', async (_title, options, content, code, message) => {
    const work = await createWorkspace()
    const error = await refusal(work.run({ input: await work.write('in.csv', content), ...options }))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(2)
    expect(work.simulator.ledger().calls).toBe(0)
    expect(await readdir(work.folder)).toEqual(['in.csv'])
  })

  it.each([
    ['a column that no JSONL row has', { prompt: '{{nmae}}' }, '{"name":"a"}\n{"name":"b"}\n', /nmae/],
    ['a value that one row lacks', { prompt: '{{name}}' }, '{"name":"a"}\n\n{"x":"b"}\n', /row 2 \(line 3\)/],
    ['a key that the results add', {}, '{"prompt":"a"}\n{"prompt":"b","status":1}\n', /status/],
  ])('%s is found', async (_title, options, content, message) => {
    const work = await createWorkspace()
    const error = await refusal(work.run({ input: await work.write('in.jsonl', content), ...options }))
    expect(error.message).toMatch(message)
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('a results file of somebody else is left alone without --overwrite', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    const output = await work.write('mine.csv', 'my,own\n')
    expect((await refusal(work.run({ input, output }))).code).toBe('output_exists')
    expect(await work.read('mine.csv')).toBe('my,own\n')
    await work.run({ input, output, overwrite: true })
    expect((await work.readCsv('mine.csv'))[0]).toMatchObject({ status: 'ok' })
  })

  it('results whose run folder is gone are not said to be of somebody else', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await work.run({ input })
    await rename(work.at('in.results.csv.run'), work.at('elsewhere'))
    const { message, hint } = await refusal(work.run({ input }))
    expect(message).toMatch(
      /in\.results\.csv exists, and there is no run in .*in\.results\.csv\.run that it belongs to$/,
    )
    expect(hint).toMatch(/put that folder back/)
  })

  it('a file in the place of the run folder is told', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await work.write('in.results.csv.run', '')
    const { code, message } = await refusal(work.run({ input }))
    expect(code).toBe('bad_output')
    expect(message).toMatch(/in\.results\.csv\.run is not a folder/)
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it.each([
    ['a folder', '.', 'bad_output'],
    ['a name without a format', 'out.txt', 'bad_output'],
    ['a folder that is not there', 'no/where/out.csv', 'bad_output'],
    ['the input itself', 'in.csv', 'bad_output'],
  ])('an output that is %s is refused', async (_title, name, code) => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    const output = name === '.' ? `${work.folder}.csv` : work.at(name)
    if (name === '.') await writeFile(work.at('x'), '')
    const error = await refusal(work.run({ input, output: name === '.' ? work.folder : output }))
    expect(error.code).toBe(code)
  })

  it('a missing key is said, and where to put it', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    const error = await refusal(run({ input, model: 'gpt-4o-mini' }, createPorts({})))
    expect(error.code).toBe('bad_key')
    expect(error.message + (error.hint ?? '')).toContain('OPENAI_API_KEY')
    expect(await readdir(work.folder)).toEqual(['in.csv'])
  })
})

describe('rows without a request', () => {
  it('fail alone with --bad-rows fail, and the others run', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'id,prompt\n1,a\n2,\n3,c\n')
    const { summary } = await work.run({ input, badRows: 'fail' })
    expect(summary.rows).toEqual({ total: 3, ok: 2, failed: 1, pending: 0 })
    expect(summary.failures).toEqual({ empty_prompt: 1 })
    expect(work.simulator.ledger().calls).toBe(2)
  })

  it('fail alone when they are lines that cannot be read', async () => {
    const work = await createWorkspace()
    const input = await work.write(
      'in.jsonl',
      '{"prompt":"a"}\n{"prompt":\n[1]\n{"prompt":"b","prompt":"c"}\n{"prompt":"d"}\n',
    )
    const notices: string[] = []
    const { summary } = await work.run({ input }, { onNotice: text => void notices.push(text) })
    expect(summary.rows).toEqual({ total: 5, ok: 2, failed: 3, pending: 0 })
    expect(notices.join()).toMatch(/row 2 \(line 2\)/)
    expect((await work.readJsonl('in.results.jsonl')).map(row => row['status'])).toEqual([
      'ok',
      'failed',
      'failed',
      'failed',
      'ok',
    ])
  })
})

describe('--id-column', () => {
  it('names rows by their id where they are told', async () => {
    const work = await createWorkspace({ emptyChoices: 1 })
    const input = await work.write('in.csv', 'id,prompt\nA-1,a\nA-2,b\n')
    const { examples } = await work.run({ input, idColumn: 'id' })
    expect(examples.map(({ row, id }) => [row, id])).toEqual([
      [1, 'A-1'],
      [2, 'A-2'],
    ])
  })

  it('names rows that have no request', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'id,prompt\nA-1,a\nA-2,\n')
    const error = await refusal(work.run({ input, idColumn: 'id' }))
    expect(error.message).toContain('row 2 (line 3, A-2)')
  })

  it('is refused when there is no such column', async () => {
    const work = await createWorkspace()
    const error = await refusal(work.run({ input: await work.write('in.csv', manyPrompts(1)), idColumn: 'nr' }))
    expect(error.message).toContain('--id-column')
  })
})

describe('a simulated answer', () => {
  it('is marked, and never stands for a real one', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    const rehearsal = await run({ input, model: 'gpt-4o-mini', simulate: true }, createPorts({}))
    expect(rehearsal.summary.simulated).toBe(true)
    const notices: string[] = []
    const baseUrl = await createRealEndpoint()
    const result = await run({ input, model: 'gpt-4o-mini', baseUrl }, createPorts(), {
      notify: { onNotice: text => void notices.push(text) },
    })
    expect(result.plan).toMatchObject({ reused: 0, pending: 2 })
    expect(notices.join()).toContain('set aside')
    expect(result.summary).toMatchObject({ simulated: false, rows: { ok: 2 } })
  })

  it('is refused on top of real ones', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(2))
    await run({ input, model: 'gpt-4o-mini', baseUrl: await createRealEndpoint() }, createPorts())
    const error = await refusal(run({ input, model: 'gpt-4o-mini', simulate: true }, createPorts()))
    expect(error.message).toContain('real answers')
  })
})

it('says that a template names no column before it sends more than one row, and estimate too', async () => {
  const work = await createWorkspace()
  const input = await work.write('in.csv', manyPrompts(3))
  const notices: string[] = []
  const onNotice = (text: string): void => void notices.push(text)
  const options = { input, prompt: 'Say {prompt}', model: 'gpt-4o-mini' }
  const { warnings } = await estimate(options, createPorts(), { threads: 0 })
  expect(warnings).toEqual([expect.stringContaining('write {{prompt}} for {prompt}')])
  await work.run(options, { onNotice })
  expect(notices).toEqual([expect.stringContaining('every row is sent the same text')])
  await work.run({ ...options, output: work.at('one.csv'), limit: 1 }, { onNotice })
  expect(notices).toHaveLength(1)
})
