import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultMatrix } from './fault-matrix.js'
import { say } from './form.js'

const root = path.resolve(import.meta.dirname, '..')

/** A title at the beginning of a line's own text, or the first word of a row in a table of tests. */
const titleForm = /(?:\b(?:it|describe)(?:\.\w+(?:\([^)]*\))?)*\(|\]\)\(|^\s*\[|^\s*)['"`]([SNPDIC]\d+)(?::|['"`],)/gm

const readIds = async (): Promise<string[]> => {
  const files = (await readdir(root, { recursive: true })).filter(name => name.endsWith('.test.ts'))
  const texts = await Promise.all(files.map(name => readFile(path.join(root, name), 'utf8')))
  return texts.flatMap(text => [...text.matchAll(titleForm)].map(([, id = '']) => id))
}

describe('the fault matrix', () => {
  it('has a test for every fault, whose title begins with its name', async () => {
    const tested = new Set(await readIds())
    const missing = Object.entries(faultMatrix).filter(([id]) => !tested.has(id))
    expect(missing).toEqual([])
    say(`${Object.keys(faultMatrix).length} kinds of fault, each with a test of its own`)
  })

  it('knows every fault that a title names', async () => {
    expect((await readIds()).filter(id => !Object.hasOwn(faultMatrix, id))).toEqual([])
  })
})
