import { describe, expect, it } from 'vitest'
import type { JsonObject, Row } from '../../src/core/model.js'
import { createDrafts, type PromptSettings } from '../../src/prompt/drafts.js'
import type { InputShape } from '../../src/prompt/templates.js'

const settings: PromptSettings = {
  prompt: { name: '--prompt', source: 'Say {{word}}' },
  system: undefined,
  model: 'of-the-run',
  params: { temperature: 1, max_completion_tokens: 50 },
}

const tableRow = (...cells: string[]): Row => ({ form: 'table', index: 0, line: 2, cells })
const jsonRow = (text: string): Row => ({
  form: 'json',
  index: 0,
  line: 1,
  text,
  record: JSON.parse(text) as JsonObject,
})

const columns = ['word', 'model', 'temperature', 'max_tokens']
const table = { form: 'table', columns } as const
const json = { form: 'json', columns: ['word'] } as const
const rowParams = columns.slice(1)

/** The request's body without its messages, or what is wrong with the row. */
const settingsOf = (
  row: Row,
  { given = {}, shape = table }: { given?: Partial<PromptSettings>; shape?: InputShape } = {},
): unknown => {
  const draft = createDrafts({ ...settings, rowParams, ...given }, shape).toDraft(row)
  if (draft.fault !== undefined) return draft.fault
  const { messages: _messages, ...rest } = JSON.parse(draft.body) as JsonObject
  expect(rest['model']).toBe(draft.model)
  return rest
}

describe("a row's own settings, from columns", () => {
  it('go before those of the run; an empty cell leaves them', () => {
    expect(settingsOf(tableRow('hi', 'own', '0.2', ''))).toEqual({
      model: 'own',
      temperature: 0.2,
      max_completion_tokens: 50,
    })
    expect(settingsOf(tableRow('hi', '', ' ', ''))).toEqual({ ...settings.params, model: 'of-the-run' })
  })

  it('replace a limit of tokens under either of its names', () => {
    const own = { model: 'of-the-run', temperature: 1 }
    const given = { maxTokensName: 'max_tokens' } as const
    expect(settingsOf(tableRow('hi', '', '', '9'))).toEqual({ ...own, max_completion_tokens: 9 })
    expect(settingsOf(tableRow('hi', '', '', '9'), { given })).toEqual({ ...own, max_tokens: 9 })
  })

  it('are a part of the identity: equal settings make equal requests, wherever they come from', () => {
    const own = createDrafts({ ...settings, rowParams }, table).toDraft(tableRow('hi', '', '0.5', ''))
    const run = createDrafts({ ...settings, params: { ...settings.params, temperature: 0.5 } }, table)
    const other = createDrafts({ ...settings, rowParams }, table).toDraft(tableRow('hi', '', '0.6', ''))
    expect(own).toEqual(run.toDraft(tableRow('hi', '', '', '')))
    expect(other).not.toMatchObject({ key: 'key' in own ? own.key : '' })
  })

  it.each([
    ['a text for a number', ['hi', '', 'hot', ''], 'hot', 'column "temperature" must be a number from 0 to 2'],
    ['a number out of range', ['hi', '', '2.5', ''], '2.5', 'column "temperature" must be a number from 0 to 2'],
    ['a part of a token', ['hi', '', '', '1.5'], '1.5', 'column "max_tokens" must be a whole number of at least 1'],
  ])('fail the row with %s, which is shown beside the kind of fault', (_title, cells, detail, message) => {
    expect(settingsOf(tableRow(...cells))).toEqual({ code: 'invalid_param', message, detail })
  })

  it('are shown short and plain where they are wrong', () => {
    const cell = `\u001b[31m${'hot'.repeat(50)}`
    expect(settingsOf(tableRow('hi', '', cell, ''))).toMatchObject({
      detail: expect.stringMatching(/^�\[31m(?:hot){20}\w*…$/) as string,
    })
  })

  it('name the model when the run has none, and fail the row that does not', () => {
    const given = { model: undefined }
    expect(settingsOf(tableRow('hi', 'own', '', ''), { given })).toMatchObject({ model: 'own' })
    expect(settingsOf(tableRow('hi', '', '1', ''), { given })).toEqual({
      code: 'invalid_param',
      message: 'column "model" is empty, and no --model is given',
    })
  })

  it.each([
    ['modle', 'bad_flag', 'Did you mean model?'],
    ['messages', 'bad_flag', 'Use --prompt and --system, --messages, or rows with a messages list'],
    ['seed', 'bad_template', 'Columns found: word, model, temperature, max_tokens'],
  ])('are refused before the first row when a column is %s', (column, code, hint) => {
    expect(() => createDrafts({ ...settings, rowParams: [column] }, table)).toThrow(
      expect.objectContaining({ code, hint }) as Error,
    )
  })

  it('are refused before the first row when a column is named twice', () => {
    expect(() => createDrafts({ ...settings, rowParams: ['model', 'temperature', 'model'] }, table)).toThrow(
      expect.objectContaining({ code: 'bad_flag', message: '--row-params names model twice' }) as Error,
    )
  })

  it('stay apart for thousands of different rows', () => {
    const { toDraft } = createDrafts({ ...settings, rowParams }, table)
    for (let tokens = 1; tokens <= 2500; tokens++) {
      const draft = toDraft(tableRow('hi', '', '', String(tokens)))
      expect(draft).toMatchObject({ body: expect.stringContaining(`"max_completion_tokens":${tokens},`) as string })
    }
  })
})

describe("a row's own settings, from the params of a JSONL row", () => {
  const given = { rowParams: undefined }
  const read = (text: string, more: Partial<PromptSettings> = {}) =>
    settingsOf(jsonRow(text), { given: { ...given, ...more }, shape: json })

  it('go before those of the run, without a flag', () => {
    expect(read('{"word":"hi","params":{"model":"own","stop":["a"],"temperature":null}}')).toEqual({
      ...settings.params,
      model: 'own',
      stop: ['a'],
    })
  })

  it('go with messages too', () => {
    const own = '{"messages":[{"role":"user","content":"hi"}],"params":{"temperature":0}}'
    expect(read(own, { prompt: undefined })).toMatchObject({ temperature: 0 })
  })

  it.each(['null', '""', '" "', '{}', '{"model":null}'])('are none in params that are %s', params => {
    expect(read(`{"word":"hi","params":${params}}`)).toEqual({ ...settings.params, model: 'of-the-run' })
  })

  it.each([
    ['"mine"', 'mine'],
    ['[]', '[]'],
    ['[{"temperature":0}]', '[{"temperature":0}]'],
    ['7', '7'],
    ['false', 'false'],
  ])('fail the row alone when params are no object: %s', (params, detail) => {
    const text = `{"word":"hi","temperature":1,"params":${params}}`
    const fault = {
      code: 'invalid_param',
      message: 'params must be an object of API parameters',
      detail,
      hint: 'If params is a column of another meaning, give it another name',
    }
    expect(read(text)).toEqual(fault)
    expect(read(text, { rowParams: ['temperature'] })).toEqual(fault)
  })

  it.each([
    ['max_tokens', 'max_completion_tokens'],
    ['max_completion_tokens', 'max_completion_tokens'],
    ['max_tokens', 'max_tokens'],
    ['max_completion_tokens', 'max_tokens'],
  ] as const)('hold a limit as %s, which is sent as %s when the run says so', (name, maxTokensName) => {
    const { max_completion_tokens: _limit, ...params } = settings.params
    expect(read(`{"word":"hi","params":{"${name}":7}}`, { maxTokensName })).toEqual({
      ...params,
      model: 'of-the-run',
      [maxTokensName]: 7,
    })
  })

  it.each([
    ['{"word":"hi","params":{"temperature":"0"}}', 'params.temperature must be a number from 0 to 2, not a text'],
    ['{"word":"hi","params":{"temperature":3}}', 'params.temperature must be a number from 0 to 2'],
    [
      '{"word":"hi","params":{"stop":["a","b","c","d","e"]}}',
      'params.stop must be a text or a list of at most 4 texts',
    ],
    ['{"word":"hi","params":{"metadata":{"a":1}}}', /^params.metadata must be an object of at most 16 texts, /],
    ['{"word":"hi","params":{"reasoning_effort":"hgih"}}', /^params.reasoning_effort must be one of none, minimal, /],
    ['{"word":"hi","params":{"tempreture":0}}', /^params.tempreture is no parameter .* Did you mean temperature\?$/],
    ['{"word":"hi","params":{"__proto__":{}}}', /^params.__proto__ is no parameter/],
    ['{"word":"hi","params":{"max_tokens":1,"max_completion_tokens":1}}', /two names of one limit/],
  ])('fail the row alone: %s', (text, message) => {
    const words = typeof message === 'string' ? message : (expect.stringMatching(message) as string)
    expect(read(text)).toMatchObject({ code: 'invalid_param', message: words })
  })

  it.each([
    ['"stop":"END"', undefined],
    ['"stop":"END"', ['temperature']],
    ['"temperature":null', ['temperature']],
  ])('fail a Batch API line, which is sent as it is: params %s, columns %j', (params, rowParams) => {
    const message = '{"role":"user","content":"hi"}'
    const line = `"url":"/v1/chat/completions","body":{"model":"a","messages":[${message}]}`
    const whole = { prompt: undefined, rowParams }
    const fault = {
      code: 'invalid_param',
      message: 'a Batch API line is sent as it is: put the parameters into its body',
    }
    const column = rowParams === undefined ? '' : '"temperature":1,'
    expect(read(`{${column}"params":{${params}},${line}}`, whole)).toEqual(fault)
    expect(read(`{"params":"own",${line}}`, whole)).toEqual(fault)
    expect(read(`{"params":{"stop":null},${line}}`, whole)).toEqual({ model: 'a' })
  })

  it('fail the row when a column sets the same', () => {
    const text = '{"word":"hi","temperature":1,"params":{"temperature":1}}'
    expect(read(text, { rowParams: ['temperature'] })).toMatchObject({
      message: 'temperature is set twice, by a column and by params',
    })
  })
})
