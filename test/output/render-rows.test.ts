import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, Row } from '../../src/core/model.js'
import { pendingOutcome } from '../../src/core/outcome.js'
import { addedNames } from '../../src/output/columns.js'
import { createRowRenderer, type ResultsFormat } from '../../src/output/render-rows.js'

const outcome = {
  ...pendingOutcome(),
  status: 'ok',
  response: 'fine, "really"\n',
  costUsd: 1_500_000n,
  attempts: 1,
} as const
const tableRow = (...cells: string[]): Row => ({ form: 'table', index: 0, line: 2, cells })
const jsonRow = (text: string): Row => ({
  form: 'json',
  index: 0,
  line: 1,
  text,
  record: JSON.parse(text) as JsonObject,
})
const unreadable: Row = {
  form: 'unreadable',
  index: 0,
  line: 1,
  text: '{',
  fault: { code: 'invalid_row', message: 'not JSON' },
}

const render = (row: Row, format: ResultsFormat, columns: readonly string[] = ['a', 'b'], prefix = ''): string => {
  const renderer = createRowRenderer({ format, columns, prefix, fields: [] })
  return renderer.head + renderer.render([{ row, outcome }])
}
const firstLine = (text: string): JsonObject => JSON.parse(text.split('\n')[0] ?? '') as JsonObject

describe('results as CSV', () => {
  it('puts the row’s own columns first and the added ones after them', () => {
    const [header] = parse(render(tableRow('1', '2'), 'csv'))
    expect(header).toEqual(['a', 'b', ...addedNames({ prefix: '', fields: [] })])
  })

  it('gives every cell back as it was read, whatever it holds', () => {
    const cell = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        const [, cells] = parse(render(tableRow(a, b), 'csv'))
        expect(cells?.slice(0, 2)).toEqual([a, b])
      }),
    )
  })

  it('writes money as a decimal without exponent', () => {
    const [, cells] = parse(render(tableRow('1', '2'), 'csv'))
    expect(cells?.[2 + addedNames({ prefix: '', fields: [] }).indexOf('cost_usd')]).toBe('0.0000000015')
  })

  it('writes tabs for a TSV', () => {
    expect(render(tableRow('1', '2'), 'tsv')).toMatch(/^a\tb\tresponse\t/)
  })

  it('puts the prefix before every added name', () => {
    expect(render(tableRow('1', '2'), 'csv', ['a', 'b'], 'llm_')).toMatch(/^a,b,llm_response,llm_status,/)
  })

  it('takes JSONL values as they were written', () => {
    const row = jsonRow('{"b":{"x": 1},"a":12345678901234567890,"c":"t"}')
    const [, cells] = parse(render(row, 'csv', ['a', 'b', 'c', 'd']))
    expect(cells?.slice(0, 4)).toEqual(['12345678901234567890', '{"x": 1}', 't', ''])
  })

  it('leaves the cells of a row that cannot be read empty', () => {
    const [, cells] = parse(render(unreadable, 'csv'))
    expect(cells?.slice(0, 2)).toEqual(['', ''])
  })
})

describe('results as JSONL', () => {
  it('keeps a line byte for byte and appends to it', () => {
    const text = '{"n": 12345678901234567890, "e": 1e2, "u":"\\u00e9"  }'
    expect(render(jsonRow(text), 'jsonl')).toMatch(/^\{"n": 12345678901234567890, "e": 1e2, "u":"\\u00e9","response":/)
  })

  it('gives an empty object the added keys alone', () => {
    expect(Object.keys(firstLine(render(jsonRow('{}'), 'jsonl')))).toEqual(addedNames({ prefix: '', fields: [] }))
  })

  it('gives a row that cannot be read the added keys alone', () => {
    expect(Object.keys(firstLine(render(unreadable, 'jsonl')))).toEqual(addedNames({ prefix: '', fields: [] }))
  })

  it('turns a table’s cells into texts, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cell => {
        expect(firstLine(render(tableRow(cell, '2'), 'jsonl'))).toMatchObject({ a: cell, b: '2' })
      }),
    )
  })

  it('writes null where there is nothing to say', () => {
    expect(firstLine(render(tableRow('1', '2'), 'jsonl'))).toMatchObject({ error_code: null, prompt_tokens: null })
  })
})

describe('results with chosen columns', () => {
  const renderSelected = (row: Row, format: ResultsFormat, select: readonly string[], prefix = ''): string => {
    const renderer = createRowRenderer({ format, columns: ['a', 'b'], prefix, fields: [], select })
    return renderer.head + renderer.render([{ row, outcome }])
  }

  it('are these alone, in their order', () => {
    const text = renderSelected(tableRow('1', '2'), 'csv', ['status', 'b', 'cost_usd'])
    expect(text).toBe('status,b,cost_usd\nok,2,0.0000000015\n')
  })

  it('go by the prefixed names', () => {
    expect(renderSelected(tableRow('1', '2'), 'tsv', ['llm_status', 'a'], 'llm_')).toBe('llm_status\ta\nok\t1\n')
  })

  it('are keys in JSONL: values as they were written, null where there is none', () => {
    const row = jsonRow('{"a":12345678901234567890,"x":1}')
    expect(renderSelected(row, 'jsonl', ['status', 'a', 'b'])).toBe(
      '{"status":"ok","a":12345678901234567890,"b":null}\n',
    )
    expect(renderSelected(unreadable, 'jsonl', ['a', 'status'])).toBe('{"a":null,"status":"ok"}\n')
    expect(renderSelected(tableRow('1', '"2"'), 'jsonl', ['b'])).toBe('{"b":"\\"2\\""}\n')
  })

  it('are all columns when all are named, byte for byte', () => {
    const all = ['a', 'b', ...addedNames({ prefix: '', fields: [] })]
    for (const format of ['csv', 'jsonl'] as const) {
      const row = tableRow('=1', 'two\r')
      expect(renderSelected(row, format, all)).toBe(render(row, format))
    }
  })
})
