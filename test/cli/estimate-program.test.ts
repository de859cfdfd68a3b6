import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../src/commands/estimate/report.js'
import { estimate } from '../../src/commands/estimate.js'
import { createFolder, createPorts, manyPrompts } from '../commands/workspace.js'
import { runProgram } from './program.js'

const words = ['estimate', 'in.csv', '--model', 'gpt-4o-mini']

const createPlace = async (content: string): Promise<string> => {
  const cwd = await createFolder()
  await writeFile(path.join(cwd, 'in.csv'), content)
  return cwd
}

describe('promptmill estimate', () => {
  it('tells people on standard error and needs no key', async () => {
    const { status, stdout, stderr } = await runProgram(words, { cwd: await createPlace(manyPrompts(5)) })
    expect(status).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^in\.csv: 5 of 5 rows to send \(0 ok, 0 failed\)$/m)
    expect(stderr).toMatch(/^gpt-4o-mini +5 +\d+ +1,000 +\$0\.\d+ +\$0\.\d+ +\$0\.\d+$/m)
  })

  it('tells programs on standard output', async () => {
    const { stdout, stderr } = await runProgram([...words, '--json'], { cwd: await createPlace(manyPrompts(5)) })
    expect(JSON.parse(stdout)).toMatchObject({ input: 'in.csv', rows: { pending: 5 }, cost_unknown_rows: 0 })
    expect(stderr).toBe('')
  })

  it('warns of a price that nobody knows, and ends with 0', async () => {
    const cwd = await createPlace(manyPrompts(2))
    const { status, stderr } = await runProgram(['estimate', 'in.csv', '--model', 'my-own'], { cwd })
    expect(status).toBe(0)
    expect(stderr).toContain('note: No price is known for my-own')
    expect(stderr).toContain('The cost is without 2 rows whose price is not known')
  })

  it('counts a large file in threads, to the same token', async () => {
    const row = (index: number): string =>
      `"Row ${index}: ${'The quick brown fox jumps over the lazy dog. '.repeat(200)}"\n`
    const cwd = await createPlace(`prompt\n${Array.from({ length: 1000 }, (_, index) => row(index)).join('')}`)
    const { stdout } = await runProgram([...words, '--json'], { cwd })
    const { tokens } = await estimate({ input: path.join(cwd, 'in.csv'), model: 'gpt-4o-mini' }, createPorts(), {
      threads: 0,
    })
    expect((JSON.parse(stdout) as Estimate).tokens).toEqual(tokens)
  })

  it.each([
    [['--expect-tokens', 'many'], '--expect-tokens needs a number of at least 1'],
    [['--like', 'no.csv'], 'no.csv is not the results of a run'],
  ])('refuses %j with 2', async (extra, message) => {
    const { status, stderr } = await runProgram([...words, ...extra], { cwd: await createPlace(manyPrompts(1)) })
    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('promptmill estimate --list-prices', () => {
  it('prints what a model costs, and needs no input', async () => {
    const { status, stdout } = await runProgram(['estimate', '--list-prices', 'gpt-4o-mini'], {
      cwd: await createFolder(),
    })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^gpt-4o-mini +standard +0\.15 +0\.075 +- +0\.6$/m)
    expect(stdout).toMatch(/^USD per million tokens; @pydantic\/genai-prices/m)
  })

  it('prints all models in JSON', async () => {
    const { stdout } = await runProgram(['estimate', '--list-prices', '--json'], { cwd: await createFolder() })
    const { prices } = JSON.parse(stdout) as { prices: readonly { readonly model: string }[] }
    expect(prices.map(({ model }) => model)).toContain('gpt-5-mini')
  })

  it('leaves the input to be named by every other estimate', async () => {
    const { status, stderr } = await runProgram(['estimate'], { cwd: await createFolder() })
    expect(status).toBe(2)
    expect(stderr).toContain('Something is missing: promptmill estimate <input..>')
  })
})
