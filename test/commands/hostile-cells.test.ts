import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { retry } from '../../src/commands/retry.js'
import { run } from '../../src/commands/run.js'
import { addedNames } from '../../src/output/columns.js'
import { createFolder, createPorts } from './workspace.js'

/** An endpoint that gives every prompt back, at the second asking if its length is odd. */
const createEcho = () => {
  const refused = new Set<string>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: string }[] }
      const content = body.messages[0]?.content ?? ''
      response.setHeader('content-type', 'application/json')
      if (content.length % 2 === 1 && !refused.has(content)) {
        refused.add(content)
        response.statusCode = 400
        response.end(JSON.stringify({ error: { message: 'not yet', type: 'invalid_request_error' } }))
        return
      }
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
      response.end(JSON.stringify({ id: 'echo', model: 'gpt-4o-mini', choices, usage }))
    })
  })
  return server
}

const server = createEcho()
let baseUrl = ''

beforeAll(async () => {
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const hostile = [
  '__proto__',
  'constructor',
  '{{other}}',
  '{{{{',
  '=1+1',
  '@SUM(A1)',
  '+1',
  '-1',
  '\t=1',
  '\0',
  '\u001b[31m',
  '\u0007\u0008\u007f\u009b',
  '\u202e\u2066\u200f',
  '\u200b\u200d\ufeff',
  '\u2028\u2029\u0085',
  '\r',
  '\r\n',
  '\n\n',
  '"',
  '""","',
  ' padded ',
  '😀\u{10ffff}\u{e0001}',
  'null',
  '1e400',
  '00012',
  '\\u0000\\',
]

/** Every code point that is text, alone and between the strings that have broken other programs. */
const text = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom(...hostile)), { maxLength: 4 })
  .map(parts => parts.join(''))

const taken = new Set([...addedNames({ prefix: '', fields: [] }), 'prompt', 'messages', 'body', 'params'])

const names = fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map(found => {
  // A header needs a name without NUL for each column, and none that the results or the prompt have.
  const usable = found.filter(name => name.trim() !== '' && !name.includes('\0') && !taken.has(name))
  return ['prompt', ...usable]
})

const table = names.chain(columns =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(text, { minLength: columns.length, maxLength: columns.length }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
)

/** Runs and retries in a folder of its own, and gives the results as bytes. */
const runAndRetry = async (file: string, content: string): Promise<string> => {
  const output = file.replace(/\.(\w+)$/, '.results.$1')
  await writeFile(file, content)
  await rm(`${output}.run`, { recursive: true, force: true })
  const options = { apiKey: 'sk-echo', retries: 0 }
  const settings = { input: file, output, model: 'gpt-4o-mini', baseUrl, badRows: 'fail', overwrite: true } as const
  await run({ ...options, ...settings }, createPorts())
  await retry({ ...options, results: output }, createPorts())
  return readFile(output, 'utf8')
}

const expectAnswer = (prompt: string | undefined, status: unknown, response: unknown): void => {
  if (prompt === undefined || prompt.trim() === '') expect(status).toBe('failed')
  else expect({ status, response }).toEqual({ status: 'ok', response: prompt })
}

describe('cells of any text', () => {
  it('go through run, results and retry of a CSV byte for byte', async () => {
    const file = path.join(await createFolder(), 'table.csv')
    const quoteCell = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows }) => {
        const content = [columns, ...rows].map(cells => `${cells.map(quoteCell).join(',')}\n`).join('')
        const written: string[][] = parse(await runAndRetry(file, content))
        const [head, ...results] = written
        expect(head?.slice(0, columns.length)).toEqual(columns)
        expect(results.map(cells => cells.slice(0, columns.length))).toEqual(rows)
        for (const cells of results) expectAnswer(cells[0], cells[columns.length + 1], cells[columns.length])
      }),
      { numRuns: 15 },
    )
  })

  it('go through run, results and retry of JSONL byte for byte', async () => {
    const file = path.join(await createFolder(), 'table.jsonl')
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows }) => {
        // Not an object literal: __proto__ would be no key of it.
        const lines = rows.map(
          cells =>
            `{${columns.map((name, place) => `${JSON.stringify(name)}: ${JSON.stringify(cells[place])}`).join(' , ')}}`,
        )
        const written = await runAndRetry(file, lines.map(line => `${line}\n`).join(''))
        const results = written.slice(0, -1).split('\n')
        expect(results).toHaveLength(rows.length)
        for (const [place, line] of lines.entries()) {
          const result = results[place] ?? ''
          expect(result.slice(0, line.length - 1)).toBe(line.slice(0, -1))
          const { status, response } = JSON.parse(result) as { status: unknown; response: unknown }
          expectAnswer(rows[place]?.[0], status, response)
        }
      }),
      { numRuns: 15 },
    )
  })
})
