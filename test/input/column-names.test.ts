import { describe, expect, it } from 'vitest'
import { readGivenColumns } from '../../src/input/column-names.js'
import { openInput } from '../../src/input/open.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

describe('readGivenColumns', () => {
  it.each([
    ['a header line', { noHeader: false, columns: undefined }, undefined],
    ['no header line', { noHeader: true, columns: undefined }, 'numbered'],
    ['names', { noHeader: true, columns: 'id,问题, x ' }, ['id', '问题', ' x ']],
    ['a name with a comma', { noHeader: true, columns: 'id,"a, ""b"""' }, ['id', 'a, "b"']],
  ])('takes %s', async (_title, flags, columns) => {
    expect(await readGivenColumns(flags)).toEqual(columns)
  })

  it.each([
    ['names for a table that has some', { noHeader: false, columns: 'a' }, /no header line/],
    ['a name twice', { noHeader: true, columns: 'a,b,a' }, /names "a" twice/],
    ['an empty name', { noHeader: true, columns: 'a,,b' }, /leaves a name empty/],
    ['an open quote', { noHeader: true, columns: 'a,"b' }, /not a list/],
  ])('refuses %s', async (_title, flags, message) => {
    expect(await failureOf(readGivenColumns(flags))).toMatchObject({
      code: 'bad_flag',
      message: expect.stringMatching(message),
    })
  })

  it('is refused for JSON', async () => {
    const path = await workspace.write('a.jsonl', '{}\n')
    expect(await failureOf(openInput(path, { columns: 'numbered' }))).toMatchObject({ code: 'bad_flag' })
  })
})
