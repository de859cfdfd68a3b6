import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createResultsFile } from '../../src/output/results-file.js'

const makeTarget = async (): Promise<{ folder: string; target: string }> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'promptmill-output-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { folder, target: path.join(folder, 'out.csv') }
}

describe('a results file', () => {
  it('appears whole and in place of the earlier one, for its owner alone', async () => {
    const { folder, target } = await makeTarget()
    await writeFile(target, 'earlier\n')
    const file = await createResultsFile(target)
    await file.write('now\n')
    expect(await readFile(target, 'utf8')).toBe('earlier\n')
    await file.finish()
    expect(await readFile(target, 'utf8')).toBe('now\n')
    expect((await stat(target)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['out.csv'])
  })

  it('leaves what was there when it is given up', async () => {
    const { folder, target } = await makeTarget()
    await writeFile(target, 'earlier\n')
    const file = await createResultsFile(target)
    await file.write('now\n')
    await file.discard()
    expect(await readFile(target, 'utf8')).toBe('earlier\n')
    expect(await readdir(folder)).toEqual(['out.csv'])
  })

  it('clears away what a killed session left half written', async () => {
    const { folder, target } = await makeTarget()
    const killed = await createResultsFile(target)
    await killed.write('x'.repeat(300_000))
    const file = await createResultsFile(target)
    await file.write('whole\n')
    await file.finish()
    expect(await readdir(folder)).toEqual(['out.csv'])
    expect(await readFile(target, 'utf8')).toBe('whole\n')
    await killed.discard()
  })

  it('takes nothing away from a process that has taken over', async () => {
    const { target } = await makeTarget()
    const stopped = await createResultsFile(target)
    const other = await createResultsFile(target)
    await other.write('theirs\n')
    await stopped.discard()
    await other.finish()
    expect(await readFile(target, 'utf8')).toBe('theirs\n')
  })

  it('never writes through a link that stands where it would be written', async () => {
    const { folder, target } = await makeTarget()
    const others = path.join(folder, 'others.txt')
    await writeFile(others, 'theirs\n')
    await symlink(others, path.join(folder, '.out.csv.tmp'))
    const file = await createResultsFile(target)
    await file.write('ours\n')
    await file.finish()
    expect(await readFile(others, 'utf8')).toBe('theirs\n')
    expect((await readdir(folder)).toSorted()).toEqual(['others.txt', 'out.csv'])
  })
})
