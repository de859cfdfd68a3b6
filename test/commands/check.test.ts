import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type CheckOptions, check } from '../../src/commands/check.js'
import { PromptmillError } from '../../src/core/errors.js'
import { createPorts, createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const look = (work: Workspace, options: CheckOptions) =>
  check({ model: 'gpt-4o-mini', baseUrl: work.simulator.url, ...options }, createPorts(), { threads: 0 })

const checkFile = async (name: string, content: string | Uint8Array, options: Partial<CheckOptions> = {}) => {
  const work = await createWorkspace()
  const report = await look(work, { input: await work.write(name, content), ...options })
  expect(work.simulator.ledger().calls).toBe(0)
  expect(await readdir(work.folder)).toEqual([name])
  return report
}

const line = (row: object): string => `${JSON.stringify(row)}\n`

describe('a check', () => {
  it('finds nothing in a file that is in order', async () => {
    const report = await checkFile('in.csv', manyPrompts(600))
    expect(report).toMatchObject({ rows: 600, ok: true, findings: [] })
  })

  it('names faulty rows by row and line, grouped by what is wrong', async () => {
    const { rows, ok, findings } = await checkFile(
      'in.jsonl',
      `${line({ prompt: 'a' })}${line({ prompt: ' ' })}{"prompt":\n${line({ id: 4 })}${line({ prompt: '' })}${line({ prompt: '\ud83d' })}`,
    )
    expect({ rows, ok }).toEqual({ rows: 6, ok: false })
    expect(
      findings.map(({ code, kind, rows, examples }) => [code, kind, rows, examples.map(({ row }) => row)]),
    ).toEqual([
      ['empty_prompt', 'fault', 2, [2, 5]],
      ['invalid_row', 'fault', 1, [3]],
      ['missing_value', 'fault', 1, [4]],
      ['invalid_row', 'fault', 1, [6]],
    ])
    expect(findings.at(-1)?.message).toContain('surrogate')
  })

  it('takes rows for a note that --bad-rows fail lets a run go on without', async () => {
    const content = `${line({ prompt: 'a' })}${line({ prompt: ' ' })}{"prompt":\n`
    const { ok, findings } = await checkFile('in.jsonl', content, { badRows: 'fail' })
    expect(ok).toBe(true)
    expect(findings.map(({ code, kind }) => [code, kind])).toEqual([
      ['empty_prompt', 'note'],
      ['invalid_row', 'note'],
    ])
  })

  it('finds a fault with --bad-rows fail too where a run would not go on: a column that no row has', async () => {
    const rows = line({ text: 'a' }).repeat(2)
    const { ok, findings } = await checkFile('in.jsonl', rows, { badRows: 'fail', prompt: '{{txt}}' })
    expect(ok).toBe(false)
    expect(findings[0]).toMatchObject({ code: 'bad_template', kind: 'fault' })
  })

  it('shows a few examples of each kind and counts them all', async () => {
    const { findings } = await checkFile('in.csv', `id,prompt\n${'1,""\n'.repeat(40)}`)
    expect(findings[0]).toMatchObject({ rows: 40, examples: [{ row: 1, line: 2 }, {}, {}, {}, {}] })
  })

  it('finds ids that are there twice, in the column that was named', async () => {
    const { findings } = await checkFile('in.csv', 'id,prompt\nx,a\ny,b\nx,c\n', { idColumn: 'id' })
    expect(findings).toMatchObject([
      { code: 'duplicate_id', kind: 'fault', rows: 1, examples: [{ row: 3, line: 4, id: 'x', detail: 'as row 1' }] },
    ])
  })

  it('finds them in a Batch API file unasked', async () => {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }
    const request = (content: string) =>
      line({
        custom_id: 'a',
        method: 'POST',
        url: '/v1/chat/completions',
        body: { ...body, messages: [{ role: 'user', content }] },
      })
    const { findings } = await checkFile('in.jsonl', request('one') + request('two'), { model: undefined })
    expect(findings).toMatchObject([{ code: 'duplicate_id', examples: [{ id: 'a', detail: 'as row 1' }] }])
  })

  it('notes requests that are there twice, which is no fault', async () => {
    const { ok, findings } = await checkFile('in.csv', 'id,prompt\n1,a\n2,b\n3,a\n4,a\n')
    expect(ok).toBe(true)
    expect(findings).toMatchObject([
      {
        code: 'duplicate_request',
        kind: 'note',
        rows: 2,
        examples: [
          { row: 3, detail: 'as row 1' },
          { row: 4, detail: 'as row 1' },
        ],
      },
    ])
  })

  it.each<[string, number, boolean, RegExp]>([
    ['offers --dedupe where much is repeated', 10, false, /--dedupe sends 1 fewer request, \d.* %/],
    ['does not offer it for next to nothing', 500, false, /^Fine where repeats are wanted, .* each is paid for$/],
    ['says what --dedupe does where it is given', 10, true, /^With --dedupe each request is sent once/],
  ])('%s', async (_title, rows, dedupe, hint) => {
    const different = Array.from({ length: rows }, (_, row) => `question ${1000 + row}\n`).join('')
    const { findings, repeats } = await checkFile('in.csv', `prompt\n${different}question 1000\n`, { dedupe })
    expect(findings).toMatchObject([{ code: 'duplicate_request', rows: 1 }])
    expect(findings[0]?.hint).toMatch(hint)
    expect(repeats).toEqual({ rows: 1, share: expect.closeTo(1 / (rows + 1)) })
  })

  it.each<[string, Partial<CheckOptions>, string]>([
    ['the context of the model', {}, 'does not fit into the context of gpt-4, 8,192 tokens'],
    ['the context together with its answer', { maxTokens: 8000 }, 'does not fit into the context of gpt-4'],
    ['the tokens a minute', { tpm: 5000 }, 'over 5,000 tokens a minute'],
  ])('finds a prompt over %s', async (_title, options, message) => {
    const long = 'many words '.repeat(options.maxTokens === undefined ? 5000 : 200)
    const { ok, findings } = await checkFile('in.csv', `prompt\nshort\n${long}\n`, { model: 'gpt-4', ...options })
    expect(ok).toBe(false)
    expect(findings.map(finding => finding.message).join('\n')).toContain(message)
    expect(findings.every(({ examples }) => examples.every(({ row }) => row === 2))).toBe(true)
  })

  it('finds answers longer than the model gives', async () => {
    const { findings } = await checkFile('in.csv', 'prompt\nhi\n', { maxTokens: 20_000 })
    expect(findings).toMatchObject([{ code: 'limit_exceeded', examples: [{ row: 1, detail: 'asks for 20,000' }] }])
  })

  it('finds images that are none', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }]
    const { findings } = await checkFile('in.jsonl', line({ messages: [{ role: 'user', content }] }))
    expect(findings).toMatchObject([
      { code: 'bad_image', kind: 'fault', examples: [{ row: 1, detail: '1 of 1 images' }] },
    ])
  })

  it('notes a model without a price', async () => {
    const { ok, findings } = await checkFile('in.csv', 'prompt\nhi\n', { model: 'my-own-model' })
    expect(ok).toBe(true)
    expect(findings).toMatchObject([{ code: 'unknown_price', kind: 'note', rows: 0 }])
  })

  it('reports a table up to where it can be read no further', async () => {
    const { rows, findings } = await checkFile('in.csv', 'id,prompt\n1,""\n2,"a"b\n3,c\n')
    expect(rows).toBe(1)
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['empty_prompt', 'the prompt is empty'],
      [
        'bad_input',
        expect.stringMatching(/in\.csv, row 2 \(line 3\): in column "prompt" text follows the closing quote/),
      ],
    ])
  })

  const ragged = 'id,prompt\n1,""\n2,a,b\n3\n4,""\n5,c,d\n6,e\n'

  it('reads on after rows with too few or too many cells, and names them all', async () => {
    const { rows, ok, findings } = await checkFile('in.csv', ragged)
    expect({ rows, ok }).toEqual({ rows: 6, ok: false })
    expect(findings.map(({ code, message, examples }) => [code, message, examples.map(({ row }) => row)])).toEqual([
      ['empty_prompt', 'the prompt is empty', [1, 4]],
      ['bad_input', 'the row has 3 cells, the header has 2 columns', [2, 5]],
      ['bad_input', 'the row has 1 cell, the header has 2 columns', [3]],
    ])
    expect(findings[1]?.examples[0]).toEqual({ row: 2, line: 3, source: null, id: null, detail: null })
  })

  it.each<[string, Partial<CheckOptions>, readonly number[]]>([
    ['whatever they might hold', { where: ['id=6'] }, [2, 3, 5]],
    ['once, in whatever order rows are chosen', { limit: 1, shuffleSeed: 1 }, [2, 3, 5]],
    ['only as far as rows are read', { limit: 2, where: ['prompt='] }, [2, 3]],
  ])('names such rows %s', async (_title, choice, places) => {
    const { findings } = await checkFile('in.csv', ragged, choice)
    const found = findings.filter(({ code }) => code === 'bad_input').flatMap(({ examples }) => examples)
    expect(found.map(({ row }) => row).toSorted((a, b) => a - b)).toEqual(places)
  })

  it('names the file of such a row, where there are several', async () => {
    const work = await createWorkspace()
    const input = [await work.write('a.csv', 'prompt\na\nb\n'), await work.write('b.csv', 'prompt\nc,d\n')]
    const { rows, findings } = await look(work, { input, output: work.at('out.csv') })
    expect(rows).toBe(3)
    expect(findings).toMatchObject([{ code: 'bad_input', examples: [{ row: 3, line: 2, source: input[1] }] }])
  })

  it.each([
    ['a header alone', 'in.csv', 'id,prompt\n'],
    ['an empty list', 'in.json', '[]'],
  ])('notes that there are no rows: %s', async (_title, name, content) => {
    const { rows, ok, findings } = await checkFile(name, content)
    expect({ rows, ok }).toEqual({ rows: 0, ok: true })
    expect(findings).toMatchObject([{ code: 'no_rows', kind: 'note' }])
  })

  it('notes a prompt that is larger than most models take, where the context is not known', async () => {
    const { ok, findings } = await checkFile('in.csv', `prompt\nshort\n${'word '.repeat(130_000)}\n`, { model: 'mine' })
    expect(ok).toBe(true)
    expect(findings[0]).toMatchObject({ code: 'context_unknown', kind: 'note', rows: 1, examples: [{ row: 2 }] })
  })

  it.each([
    ['gpt-3.5-turbo', ['images_unsupported']],
    ['gpt-4o-mini', []],
    ['mine', ['unknown_price']],
  ])('notes images for a model that is known to take none: %s', async (model, codes) => {
    const content = 'prompt,image\na,https://x.example/a.png\nb,\n'
    const { ok, findings } = await checkFile('in.csv', content, { model, imageColumn: ['image'] })
    expect({ ok, codes: findings.map(({ code }) => code) }).toEqual({ ok: true, codes })
  })

  it('finds a column that the results need', async () => {
    const { findings } = await checkFile('in.csv', 'prompt,status\na,b\n')
    expect(findings).toMatchObject([{ code: 'bad_output', kind: 'fault' }])
  })

  it.each([
    ['a file that is not there', 'no.csv', 'bad_input'],
    ['a column that the template names and the file lacks', 'in.csv', 'bad_template'],
  ])('is refused for %s', async (_title, name, code) => {
    const work = await createWorkspace()
    await work.write('in.csv', 'id\n1\n')
    await expect(look(work, { input: work.at(name) })).rejects.toSatisfy(
      error => error instanceof PromptmillError && error.code === code,
    )
  })

  it('checks the rows of a stream', async () => {
    const work = await createWorkspace()
    const rows = [{ prompt: 'a' }, { prompt: '' }]
    expect(await look(work, { input: rows })).toMatchObject({ rows: 2, findings: [{ code: 'empty_prompt' }] })
    expect(await readdir(work.folder)).toEqual([])
  })
})

it('notes a template without a column, unless there is but one row', async () => {
  const prompt = 'Say {prompt}'
  const { ok, findings } = await checkFile('in.csv', manyPrompts(3), { prompt })
  expect(ok).toBe(true)
  const note = findings.find(({ code }) => code === 'no_column')
  expect(note).toMatchObject({
    kind: 'note',
    message: expect.stringContaining('write {{prompt}} for {prompt}') as string,
  })
  expect((await checkFile('in.csv', manyPrompts(1), { prompt })).findings).toEqual([])
})
