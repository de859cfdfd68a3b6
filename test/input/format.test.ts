import { describe, expect, it } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import { decideFormat } from '../../src/input/format.js'

const failure = (name: string): PromptmillError => {
  try {
    decideFormat(name, undefined)
  } catch (error) {
    if (error instanceof PromptmillError) return error
  }
  throw new Error('expected a PromptmillError')
}

describe('decideFormat', () => {
  it.each([
    ['a.csv', 'csv'],
    ['dir.d/A.CSV', 'csv'],
    ['a.tsv', 'tsv'],
    ['a.jsonl', 'jsonl'],
    ['a.ndjson', 'jsonl'],
    ['a.csv.gz', 'csv'],
    ['a.b.TSV.GZ', 'tsv'],
    ['a.ndjson.gz', 'jsonl'],
    ['a.json', 'json'],
    ['a.JSON.gz', 'json'],
  ] as const)('reads %s as %s', (name, format) => {
    expect(decideFormat(name, undefined)).toBe(format)
  })

  it('lets the format that was asked for win over the name', () => {
    expect(decideFormat('a.csv', 'jsonl')).toBe('jsonl')
  })

  it.each(['prompts', 'prompts.txt', 'prompts.gz', 'standard input', '.csv', 'a.constructor'])(
    'asks for --format when the name is %s',
    name => {
      expect(failure(name)).toMatchObject({ code: 'bad_input', hint: expect.stringContaining('--format') })
    },
  )

  it.each([
    ['a.parquet', 'CSV'],
    ['a.xlsx', 'CSV UTF-8'],
  ])('says how to convert %s', (name, way) => {
    expect(failure(name).hint).toContain(way)
  })
})
