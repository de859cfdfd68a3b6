import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { expandPaths, isPattern } from '../../src/input/expand-paths.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const none = (): boolean => false

const expand = async (words: readonly string[], leaveOut: (file: string) => boolean = none): Promise<string[]> =>
  (await expandPaths(words.map(workspace.path), leaveOut)).map(({ name }) => path.relative(workspace.folder, name))

const writeAll = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) {
    await mkdir(path.dirname(workspace.path(name)), { recursive: true })
    await workspace.write(name, 'prompt\n')
  }
}

describe('expandPaths', () => {
  it('takes the files of a pattern by name, and words in the order given', async () => {
    await writeAll('b.csv', 'a.csv', 'z.csv', 'a.tsv', 'deep/c.csv', '.hidden.csv')
    expect(await expand(['z.csv', '*.csv'])).toEqual(['z.csv', 'a.csv', 'b.csv'])
    expect(await expand(['**/*.csv'])).toEqual(['a.csv', 'b.csv', path.join('deep', 'c.csv'), 'z.csv'])
    expect(await expand(['{b,a}.csv'])).toEqual(['a.csv', 'b.csv'])
  })

  it('takes a file that is named twice once', async () => {
    await writeAll('a.csv', 'b.csv')
    expect(await expand(['a.csv', './a.csv', '*.csv'])).toEqual(['a.csv', 'b.csv'])
  })

  it('takes a file whose name looks like a pattern for what it is', async () => {
    await writeAll('a[1].csv', 'a1.csv')
    expect(await isPattern(workspace.path('a[1].csv'))).toBe(false)
    expect(await isPattern(workspace.path('a[2].csv'))).toBe(true)
    expect(await expand(['a[1].csv'])).toEqual(['a[1].csv'])
  })

  it('leaves out of a pattern what is said to be left out, and never what is named', async () => {
    await writeAll('a.csv', 'b.csv')
    const leaveOut = (file: string): boolean => file.endsWith('b.csv')
    expect(await expand(['*.csv'], leaveOut)).toEqual(['a.csv'])
    expect(await expand(['b.csv'], leaveOut)).toEqual(['b.csv'])
  })

  it('refuses a pattern that matches nothing', async () => {
    expect(await failureOf(expand(['*.csv']))).toMatchObject({
      code: 'bad_input',
      exitCode: 2,
      message: expect.stringContaining('*.csv'),
    })
  })
})
