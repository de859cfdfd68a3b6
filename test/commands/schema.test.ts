import { rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/commands/check.js'
import { estimate } from '../../src/commands/estimate.js'
import { retry } from '../../src/commands/retry.js'
import { readStatus } from '../../src/commands/status.js'
import type { JsonObject } from '../../src/core/model.js'
import { createPorts, createWorkspace, manyPrompts, type Workspace } from './workspace.js'

const schema: JsonObject = {
  type: 'object',
  properties: {
    mood: { type: 'string', enum: ['good', 'bad'] },
    score: { type: 'integer', minimum: 1, maximum: 5 },
    parts: { type: 'array', items: { $ref: '#/$defs/part' } },
    note: { type: ['string', 'null'] },
  },
  required: ['mood', 'score', 'parts', 'note'],
  additionalProperties: false,
  $defs: {
    part: {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    },
  },
}

const fields = ['mood', 'score', 'parts', 'note']

/** A workspace whose endpoint gives these answers, one after the other, the last one for ever. */
const createAnswers = (...answers: readonly string[]): Promise<Workspace> =>
  createWorkspace(
    {},
    {
      respond: ({ n, answer }) => {
        const body = JSON.parse(answer()) as { choices: [{ message: { content: string } }] }
        body.choices[0].message.content = answers[n - 1] ?? answers.at(-1) ?? ''
        return { body: JSON.stringify(body) }
      },
    },
  )

const onePrompt = 'id,prompt\n1,Judge\n'

describe('a run with a schema', () => {
  it('asks for it in strict mode, and gives each property a column after the fixed ones', async () => {
    const asked: JsonObject[] = []
    const work = await createWorkspace({}, { respond: ({ body }) => void asked.push(body) })
    const input = await work.write('in.csv', manyPrompts(20))
    const { summary } = await work.run({ input, schema: await work.write('s.json', JSON.stringify(schema)) })
    expect(summary.rows).toMatchObject({ ok: 20 })
    expect(asked[0]?.['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema },
    })
    for (const row of await work.readCsv('in.results.csv')) {
      expect(Object.keys(row).slice(-5)).toEqual(['request_id', ...fields])
      const answer = JSON.parse(row['response'] ?? '') as JsonObject
      expect(row['mood']).toBe(answer['mood'])
      expect(JSON.parse(row['score'] ?? '')).toBe(answer['score'])
      expect(JSON.parse(row['parts'] ?? '')).toEqual(answer['parts'])
      expect(row['note']).toBe(answer['note'] ?? '')
    }
  })

  it("takes one in the API's own wrapping, and asks for it under the name that stands there", async () => {
    const asked: JsonObject[] = []
    const work = await createWorkspace({}, { respond: ({ body }) => void asked.push(body) })
    const input = await work.write('in.csv', onePrompt)
    const wrapped = { type: 'json_schema', json_schema: { name: 'judgement', strict: true, schema } }
    const { summary } = await work.run({ input, schema: await work.write('s.json', JSON.stringify(wrapped)) })
    expect(summary.rows).toMatchObject({ ok: 1 })
    expect(asked[0]?.['response_format']).toMatchObject({ json_schema: { name: 'judgement', schema } })
    expect((await work.readCsv('in.results.csv'))[0]).toMatchObject({ mood: expect.any(String) as string })
  })

  it('writes values as they were written, in JSONL as JSON values on one line', async () => {
    const answer = '{ "mood": "good",\n "score": 1.0, "parts": [\n  { "name": "a\\n \\"b\\"" } ],\n "note": null }'
    const work = await createAnswers(answer)
    const input = await work.write('in.csv', onePrompt)
    await work.run({ input, schema, output: work.at('out.jsonl') })
    const line = (await work.read('out.jsonl')).trimEnd()
    expect(line).not.toContain('\n')
    expect(line).toMatch(/,"mood":"good","score":1\.0,"parts":\[\{"name":"a\\n \\"b\\""\}\],"note":null\}$/)
  })

  it('keeps an answer that breaks it, paid and failed, and says where', async () => {
    const broken = '{"mood":"good","score":9,"parts":[],"note":null}'
    const work = await createAnswers(broken)
    const input = await work.write('in.csv', onePrompt)
    const { summary } = await work.run({ input, schema })
    expect(summary).toMatchObject({ failures: { schema_mismatch: 1 }, cost_usd: work.simulator.ledger().cost_usd })
    const [row] = await work.readCsv('in.results.csv')
    expect(row).toMatchObject({
      status: 'failed',
      error_code: 'schema_mismatch',
      error_message: '/score must be <= 5',
      response: broken,
      mood: '',
      score: '',
    })
    expect(row?.['cost_usd']).not.toBe('')
  })

  it('is read alike by status and by the same command again', async () => {
    const work = await createWorkspace({ invalidJson: 0.4 })
    const input = await work.write('in.csv', manyPrompts(30))
    const { summary } = await work.run({ input, schema })
    const results = await work.read('in.results.csv')
    expect(summary.rows.failed).toBeGreaterThan(3)
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
    const again = await work.run({ input, schema })
    expect(again.summary).toEqual(summary)
    expect(await work.read('in.results.csv')).toBe(results)
    expect(work.simulator.ledger().calls).toBe(30)
  })

  it('is retried without the file, and keeps what the first answers cost', async () => {
    const work = await createWorkspace({ invalidJson: 0.4 })
    const input = await work.write('in.csv', manyPrompts(30))
    const file = await work.write('s.json', JSON.stringify(schema))
    const first = await work.run({ input, schema: file })
    await rm(file)
    const { summary } = await retry({ results: work.at('in.results.csv') }, createPorts())
    expect(work.simulator.ledger().calls).toBe(30 + first.summary.rows.failed)
    expect(summary.rows.ok).toBeGreaterThan(first.summary.rows.ok)
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
  })

  it('names the schema when it changed, unless it asks the same', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(3))
    await work.run({ input, schema })
    await work.run({ input, schema: Object.fromEntries(Object.entries(schema).toReversed()) })
    expect(work.simulator.ledger().calls).toBe(3)
    const other = { ...schema, description: 'Another' }
    await expect(work.run({ input, schema: other })).rejects.toThrow(/^--schema changed since the last run/)
  })

  it('fails an answer that was cut, by that name, and leaves a refusal what it is', async () => {
    const cut = await createWorkspace({ finishLength: 1 })
    await cut.run({ input: await cut.write('in.csv', onePrompt), schema, retryInvalid: 2 })
    expect((await cut.readCsv('in.results.csv'))[0]).toMatchObject({ status: 'failed', error_code: 'truncated' })
    expect(cut.simulator.ledger().calls).toBe(1)
    const refused = await createWorkspace({ refusal: 1 })
    await refused.run({ input: await refused.write('in.csv', onePrompt), schema })
    expect((await refused.readCsv('in.results.csv'))[0]).toMatchObject({
      status: 'ok',
      error_code: 'refused',
      mood: '',
    })
  })

  it('is counted by an estimate as a part of the prompt, and gives its tokens exactly', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(10))
    const options = { input, model: 'gpt-4o-mini', baseUrl: work.simulator.url }
    const plain = await estimate(options, createPorts())
    const shaped = await estimate({ ...options, schema }, createPorts())
    expect(shaped.tokens.prompt).toBeGreaterThan(plain.tokens.prompt + 10 * 50)
    const { summary } = await work.run({ input, schema })
    expect(shaped.tokens.prompt).toBe(summary.tokens.prompt)
  })
})

describe('an estimate with a long schema', () => {
  it('counts it to the beginning that all requests share and a cache can hold', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(10))
    const long = { ...schema, description: 'Read with care. '.repeat(500) }
    const { cache } = await estimate({ input, model: 'gpt-4o-mini', schema: long }, createPorts())
    expect(cache.shared_prefix_tokens).toBeGreaterThan(1024)
    expect(cache.tokens).toBe(9 * cache.shared_prefix_tokens)
  })
})

describe('--retry-invalid', () => {
  const good = '{"mood":"good","score":1,"parts":[],"note":null}'

  it('asks again within the run, and counts and pays for every answer', async () => {
    const work = await createAnswers('no', '{}', good)
    const { summary } = await work.run({ input: await work.write('in.csv', onePrompt), schema, retryInvalid: 2 })
    expect(summary).toMatchObject({ rows: { ok: 1 }, attempts: 3, cost_usd: work.simulator.ledger().cost_usd })
    expect((await work.readCsv('in.results.csv'))[0]).toMatchObject({ status: 'ok', attempts: '3', mood: 'good' })
  })

  it('keeps the last answer when none was right', async () => {
    const work = await createAnswers('no', '{}')
    const { summary } = await work.run({ input: await work.write('in.csv', onePrompt), schema, retryInvalid: 1 })
    expect(summary).toMatchObject({ failures: { schema_mismatch: 1 }, attempts: 2 })
    expect((await work.readCsv('in.results.csv'))[0]).toMatchObject({ response: '{}', attempts: '2' })
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
  })

  it('does not send a row more often than --retries allows, whatever the reasons', async () => {
    const calls = { count: 0 }
    const work = await createWorkspace(
      {},
      {
        respond: ({ answer }) => {
          calls.count += 1
          if (calls.count % 2 === 1) return { status: 500 }
          return { body: answer().replace(/"content":"(?:[^"\\]|\\.)*"/, '"content":"no"') }
        },
      },
    )
    const { summary } = await work.run({
      input: await work.write('in.csv', onePrompt),
      schema,
      retries: 3,
      retryInvalid: 3,
    })
    expect(calls.count).toBe(4)
    expect(summary.rows.failed).toBe(1)
  })

  it('does not multiply the cost of a run whose answers are all wrong', async () => {
    const work = await createAnswers('no')
    const input = await work.write('in.csv', manyPrompts(200))
    const { summary } = await work.run({ input, schema, retryInvalid: 5, concurrency: 4 })
    expect(summary).toMatchObject({ rows: { failed: 200, pending: 0 } })
    expect(summary.attempts).toBeGreaterThan(250)
    expect(summary.attempts).toBeLessThan(330)
  })

  it('stays within --max-cost', async () => {
    const work = await createAnswers('no')
    const input = await work.write('in.csv', manyPrompts(3))
    const { summary, stop } = await work.run({ input, schema, retryInvalid: 5, maxTokens: 100, maxCost: 0.0005 })
    expect(stop?.code).toBe('budget_exhausted')
    expect(Number(summary.cost_usd)).toBeLessThanOrEqual(0.0005)
    expect(summary.cost_usd).toBe(work.simulator.ledger().cost_usd)
  })

  it('goes on with a row whose second answer was still to come when the run ended', async () => {
    const controller = new AbortController()
    const work = await createWorkspace(
      {},
      {
        respond: ({ n, answer }) => {
          if (n === 1) controller.abort()
          const body = answer()
          return n === 1 ? { body: body.replace(/"content":"(?:[^"\\]|\\.)*"/, '"content":"no"') } : undefined
        },
      },
    )
    const input = await work.write('in.csv', onePrompt)
    const first = await work.run({ input, schema, retryInvalid: 1, signal: controller.signal })
    expect(first.summary.rows).toMatchObject({ pending: 1 })
    const second = await work.run({ input, schema, retryInvalid: 1 })
    expect(second.summary).toMatchObject({ rows: { ok: 1 }, attempts: 2, cost_usd: work.simulator.ledger().cost_usd })
  })

  it('is refused when --retries does not allow so many', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', onePrompt)
    const run = work.run({ input, schema, retries: 1, retryInvalid: 2 })
    await expect(run).rejects.toThrow('--retry-invalid 2 is more than --retries 1')
  })
})

describe('--json-mode', () => {
  it('asks for an object, and fails what is none', async () => {
    const asked: JsonObject[] = []
    const work = await createWorkspace({ invalidJson: 0.4 }, { respond: ({ body }) => void asked.push(body) })
    const input = await work.write('in.csv', manyPrompts(30))
    const { summary } = await work.run({ input, prompt: 'As JSON: {{prompt}}', jsonMode: true })
    expect(asked[0]?.['response_format']).toEqual({ type: 'json_object' })
    expect(summary.failures['invalid_json']).toBeGreaterThan(3)
    expect(summary.rows.ok).toBeGreaterThan(3)
    expect((await readStatus(work.at('in.results.csv'))).summary).toEqual(summary)
  })

  it('takes the word JSON from the system message or from a cell', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt\nGive json\n')
    expect((await work.run({ input, jsonMode: true })).summary.rows.ok).toBe(1)
    const other = await work.write('other.csv', 'prompt\nGive it\n')
    expect((await work.run({ input: other, system: 'Answer in JSON', jsonMode: true })).summary.rows.ok).toBe(1)
  })

  it('says before anything is sent that a message must hold the word', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt\nGive it\n')
    await expect(work.run({ input, jsonMode: true })).rejects.toThrow(/no message holds the word JSON/)
    const { findings } = await check({ input, model: 'm', jsonMode: true }, createPorts())
    expect(findings).toContainEqual(expect.objectContaining({ code: 'unsupported_request', kind: 'fault' }))
    expect(work.simulator.ledger().calls).toBe(0)
  })
})

describe('what is wrong with a schema', () => {
  it.each<[string, string | Uint8Array, string | RegExp]>([
    // 评论 in GB18030.
    ['a file in another encoding', Buffer.from('7b2274797065223a22c6c0c2db227d', 'hex'), /s\.json is not valid UTF-8$/],
    ['a file that is not there', '', /^--schema .*s\.json cannot be read: there is no such file$/],
    ['a file that is no JSON', '{\n "type": object}', /s\.json, line 2, column 10: not JSON/],
    ['a schema that strict mode refuses', '{"type":"array"}', /\(root\): the root must be of "type": "object"/],
    [
      'a schema that is none',
      '{"type":"object","required":[],"additionalProperties":false,"title":1}',
      /\/title must be a text, not a number/,
    ],
  ])('%s is told before anything is sent or left on the disk', async (_what, text, message) => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', onePrompt)
    if (text !== '') await work.write('s.json', text)
    const failure = work.run({ input, schema: work.at('s.json') })
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toMatchObject({ exitCode: 2 })
    await expect(work.read('in.results.csv')).rejects.toThrow('ENOENT')
    expect(work.simulator.ledger().calls).toBe(0)
  })

  it('is not that its file is UTF-16', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', onePrompt)
    const file = await work.write('s.json', Buffer.from(`\uFEFF${JSON.stringify(schema)}`, 'utf16le'))
    expect((await work.run({ input, schema: file })).summary.rows.ok).toBe(1)
  })

  it.each([
    ['--json-mode', { jsonMode: true }],
    ['--param response_format', { param: ['response_format={"type":"text"}'] }],
  ])('it cannot be given together with %s', async (_what, options) => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', onePrompt)
    await expect(work.run({ input, schema, ...options })).rejects.toMatchObject({ code: 'bad_flag' })
  })

  it('does not reach lines of the Batch API, which says so', async () => {
    const work = await createWorkspace()
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] }
    const line = { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body }
    const input = await work.write('in.jsonl', `${JSON.stringify(line)}\n`)
    await expect(work.run({ input, schema })).rejects.toThrow(/Batch API line is sent as it is/)
  })

  it('meets a column of the input: --output-prefix is the way out', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', 'prompt,mood\nJudge,?\n')
    await expect(work.run({ input, schema })).rejects.toMatchObject({
      code: 'bad_output',
      message: expect.stringContaining('has a column "mood"') as string,
      hint: expect.stringContaining('--output-prefix') as string,
    })
    expect(work.simulator.ledger().calls).toBe(0)
    await work.run({ input, schema, outputPrefix: 'llm_' })
    expect(Object.keys((await work.readCsv('in.results.csv'))[0] ?? {})).toEqual(
      expect.arrayContaining(['mood', 'llm_mood', 'llm_status']),
    )
  })

  it('meets a column of the results: --output-prefix renames that one', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', onePrompt)
    const properties = { status: { type: 'string', enum: ['open', 'closed'] }, other: { type: 'boolean' } }
    const own = { type: 'object', properties, required: ['status', 'other'], additionalProperties: false }
    await expect(work.run({ input, schema: own })).rejects.toThrow('The schema has a property "status"')
    await work.run({ input, schema: own, outputPrefix: 'llm_' })
    const [row] = await work.readCsv('in.results.csv')
    expect(row?.['llm_status']).toBe('ok')
    expect(row?.['status']).toMatch(/^(?:open|closed)$/)
    expect(row?.['llm_other']).toMatch(/^(?:true|false)$/)
  })
})
