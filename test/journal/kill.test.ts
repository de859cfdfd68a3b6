import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChild } from './child-process.js'
import { type CompiledJournal, childScript, compileJournal } from './compiled-journal.js'
import { answeredRows, readJournal } from './read-journal.js'
import { makeFolder } from './temporary-folder.js'

let compiled: CompiledJournal
beforeAll(async () => {
  compiled = await compileJournal()
})
afterAll(() => compiled.remove())

/** Lets a child commit until it has acknowledged so many rows, kills it, and returns all that it acknowledged. */
const commitAndKill = async (folder: string, first: number, count: number): Promise<number[]> => {
  const child = startChild(childScript('commit-loop'), [compiled.url('open'), folder, String(first)])
  const acknowledged: number[] = []
  for (let next = await child.lines.next(); next.done !== true; next = await child.lines.next()) {
    acknowledged.push(Number(next.value))
    if (acknowledged.length === count) child.kill()
  }
  await child.gone
  return acknowledged
}

describe('a process that is killed', () => {
  it('P1: leaves every answer it acknowledged, over several kills of the same run', async () => {
    const folder = await makeFolder()
    const acknowledged: number[] = []
    for (const [session, count] of [1, 7, 40, 200, 333, 90].entries()) {
      acknowledged.push(...(await commitAndKill(folder, session * 100_000, count)))
      const rows = answeredRows((await readJournal(folder)).records)
      expect(new Set(rows).size).toBe(rows.length)
      const kept = new Set(rows)
      expect(acknowledged.filter(row => !kept.has(row))).toEqual([])
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(671)
  })
})
