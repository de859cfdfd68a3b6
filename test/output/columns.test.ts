import { describe, expect, it } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import { toSelected } from '../../src/output/columns.js'

const own = ['id', 'text, raw', '评论']

const refusal = (select: readonly string[], prefix = ''): PromptmillError => {
  try {
    toSelected({ prefix, fields: [], select }, own)
  } catch (error) {
    if (error instanceof PromptmillError) return error
  }
  throw new Error('not refused')
}

describe('the selected columns', () => {
  it.each([
    ['names with commas between them', ['id,response, cost_usd'], ['id', 'response', 'cost_usd']],
    ['a property of the schema', ['label,id'], ['label', 'id']],
    ['several values', ['评论', 'status,id'], ['评论', 'status', 'id']],
    ['a name that has a comma of its own', ['text, raw', 'id'], ['text, raw', 'id']],
  ])('are read from %s', (_title, select, names) => {
    expect(toSelected({ prefix: '', fields: ['label'], select }, own)).toEqual(names)
  })

  it('are refused when the results have no such column, with the nearest name', () => {
    const { message, hint, exitCode } = refusal(['id,respnse'])
    expect(message).toBe('--select names "respnse", which is no column of the results')
    expect(hint).toMatch(/^Did you mean "response"\? Columns: id, text, raw, 评论, response, status/)
    expect(exitCode).toBe(2)
  })

  it.each([
    ['a name without the prefix', ['response'], 'llm_', '--select names "response", which is no column of the results'],
    ['a name that is there twice', ['id,status,id'], '', '--select names "id" twice'],
    ['no name at all', [','], '', '--select names no column'],
  ])('are refused with %s', (_title, select, prefix, message) => {
    expect(refusal(select, prefix).message).toBe(message)
  })
})
