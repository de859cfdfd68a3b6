import { describe, expect, it } from 'vitest'
import { renderTable } from '../../src/cli/text-table.js'

describe('renderTable', () => {
  it('puts names to the left and numbers to the right', () => {
    expect(
      renderTable([
        ['model', 'rows'],
        ['gpt-4o-mini', '1,000'],
        ['o3', '7'],
      ]),
    ).toEqual(['model         rows', 'gpt-4o-mini  1,000', 'o3               7'])
  })

  it('measures cells as terminals draw them, colours and wide characters too', () => {
    expect(
      renderTable([
        ['价格', '\x1b[31m9\x1b[39m'],
        ['model', '10'],
      ]),
    ).toEqual(['价格    \x1b[31m9\x1b[39m', 'model  10'])
  })
})
