import { describe, expect, it } from 'vitest'
import type { AnswerFlag } from '../../src/core/answer.js'
import { failureClasses, failureClassOf, failureTable, isFailureCode } from '../../src/core/failures.js'
import type { RowFault } from '../../src/core/model.js'

const rowFaults = {
  invalid_row: true,
  empty_prompt: true,
  missing_value: true,
  invalid_messages: true,
  invalid_param: true,
  unsupported_request: true,
  image_missing: true,
  image_invalid: true,
  image_too_large: true,
  image_outside: true,
  image_changed: true,
} satisfies Record<RowFault['code'], true>
const flags = { truncated: true, refused: true, content_filter: true } satisfies Record<AnswerFlag, true>

describe('failureTable', () => {
  it.each(Object.entries(failureTable))(
    '%s says what happened and what to do',
    (code, { title, advice, class: kind }) => {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(title).toMatch(/^[A-Z].*[^.]$/)
      expect(advice).toMatch(/^[A-Z].*\.$/)
      expect(failureClasses[kind]).toBeTypeOf('string')
    },
  )

  it.each(Object.keys(rowFaults))('knows the row fault %s as fatal for its row', code => {
    expect(isFailureCode(code) && failureClassOf(code)).toBe('row-fatal')
  })

  it.each(Object.keys(flags))('knows the flag %s as no failure', code => {
    expect(isFailureCode(code) && failureClassOf(code)).toBe('flagged')
  })

  it('knows no code by a name that every object has', () => {
    expect(isFailureCode('constructor')).toBe(false)
  })
})
