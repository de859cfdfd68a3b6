import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEndpoint, createFolder, manyPrompts } from '../commands/workspace.js'
import { key } from '../secrets/canary.js'
import { runProgram } from './program.js'

/** A folder with an input of five rows. */
const createPlace = async (): Promise<{ cwd: string; at: (name: string) => string }> => {
  const cwd = await createFolder()
  await writeFile(path.join(cwd, 'in.csv'), manyPrompts(5))
  return { cwd, at: name => path.join(cwd, name) }
}

const simulated = ['run', 'in.csv', '--model', 'gpt-4o-mini', '--simulate']

describe('promptmill run', () => {
  it('answers, tells the totals on standard error and ends with 0', async () => {
    const { cwd } = await createPlace()
    const { status, stdout, stderr } = await runProgram(simulated, { cwd })
    expect(status).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^rows {5}5: 5 ok, 0 failed, 0 pending$/m)
    expect(stderr).toMatch(/^cost {5}\$0\.\d+ \(exactly 0\.\d+ USD\)$/m)
    expect(stderr).toMatch(/^results {2}in\.results\.csv$/m)
    expect(stderr).toMatch(/^simulated: /m)
  })

  it('says nothing when it is told to be quiet', async () => {
    const { cwd } = await createPlace()
    expect(await runProgram([...simulated, '--quiet'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('writes the results to standard output, and to nowhere else', async () => {
    const { cwd } = await createPlace()
    const { status, stdout } = await runProgram([...simulated, '-o', '-'], { cwd })
    expect(status).toBe(0)
    expect(stdout.split('\n')).toHaveLength(7)
    expect(stdout).toMatch(/^id,prompt,response,/)
  })

  it('reads standard input, and resumes without it', async () => {
    const { cwd, at } = await createPlace()
    const words = ['run', '-', '--format', 'csv', '--model', 'gpt-4o-mini', '--simulate', '-o', 'out.csv']
    await runProgram(words, { cwd, stdin: manyPrompts(3) })
    const first = await readFile(at('out.csv'), 'utf8')
    const { status, stderr } = await runProgram(words, { cwd })
    expect(status).toBe(0)
    expect(stderr).toContain('nothing sent')
    expect(await readFile(at('out.csv'), 'utf8')).toBe(first)
  })

  it('says when another standard input takes the name of the results', async () => {
    const { cwd } = await createPlace()
    const words = ['run', '-', '--format', 'csv', '--model', 'gpt-4o-mini', '--simulate']
    const told = /^note: None of these rows was in the run before: stdin\.results\.csv will .* --output/m
    const first = 'id,prompt\n1,one\n2,two\n'
    expect((await runProgram(words, { cwd, stdin: first })).stderr).not.toMatch(told)
    expect((await runProgram(words, { cwd, stdin: 'id,prompt\n1,one\n2,three\n' })).stderr).not.toMatch(told)
    expect((await runProgram(words, { cwd, stdin: 'id,prompt\n1,four\n2,five\n' })).stderr).toMatch(told)
    const again = await runProgram(words, { cwd, stdin: first })
    expect(again.stderr).toContain('nothing to send')
  })

  it('ends with 3 when rows failed, and its last line retries them', async () => {
    const { cwd } = await createPlace()
    const simulator = await createEndpoint({ emptyChoices: 0.5, seed: 3 })
    const env = { OPENAI_BASE_URL: simulator.url, OPENAI_MODEL: 'gpt-4o-mini' }
    const { status, stderr } = await runProgram(['run', 'in.csv'], { cwd, env })
    expect(status).toBe(3)
    expect(stderr).toMatch(/^empty_answer row \d \(line \d\): /m)
    const last = stderr.trimEnd().split('\n').at(-1) ?? ''
    expect(last).toBe('retry with: promptmill retry in.results.csv')
    const before = simulator.ledger().calls
    await runProgram(last.split(' ').slice(3), { cwd, env })
    expect(simulator.ledger().calls).toBeGreaterThan(before)
  })

  it('leads on from rows that no request can be made of, also in a retry and once they are mended', async () => {
    const { cwd, at } = await createPlace()
    await writeFile(at('in.csv'), 'id,prompt\n1,one\n2,\n')
    const words = [...simulated, '--bad-rows', 'fail']
    const run = `run with: promptmill ${words.join(' ')}`
    const job = 'run with: promptmill run --config in.results.csv.run/manifest.json'
    const retry = 'retry with: promptmill retry in.results.csv'
    const lastOf = ({ stderr }: { stderr: string }, count: number): readonly string[] =>
      stderr.trimEnd().split('\n').slice(-count)
    const first = await runProgram(words, { cwd })
    expect([first.status, ...lastOf(first, 2)]).toEqual([3, run, retry])
    const again = await runProgram(words, { cwd })
    expect([again.status, ...lastOf(again, 2)]).toEqual([3, run, retry])
    const retried = await runProgram(['retry', 'in.results.csv'], { cwd })
    expect([retried.status, ...lastOf(retried, 2)]).toEqual([3, job, retry])
    await writeFile(at('in.csv'), 'id,prompt\n1,one\n2,two\n')
    const mended = await runProgram(['retry', 'in.results.csv'], { cwd })
    expect([mended.status, ...lastOf(mended, 1)]).toEqual([1, job])
    expect((await runProgram(job.split(' ').slice(3), { cwd })).status).toBe(0)
  })

  it('resumes with a higher cap when that was reached, and ends with the rows it allows', async () => {
    const { cwd } = await createPlace()
    const words = [...simulated, '--max-tokens', '30', '--max-cost', '0.00005']
    const { status, stderr } = await runProgram(words, { cwd })
    expect(status).toBe(1)
    const last = stderr.trimEnd().split('\n').at(-1) ?? ''
    expect(last).toBe(
      `resume with: promptmill ${[...simulated, '--max-tokens', '30', '--max-cost', '0.0001'].join(' ')}`,
    )
    const more = await runProgram(last.split(' ').slice(3), { cwd })
    expect(more.stderr).toMatch(/^time .* [3-5] calls in all$/m)
  })

  it('ends with 1 when the account is empty, and its last line resumes', async () => {
    const { cwd } = await createPlace()
    const simulator = await createEndpoint({ quotaAfter: 2 })
    const words = ['run', 'in.csv', '--model', 'gpt-4o-mini', '--base-url', simulator.url]
    const { status, stderr } = await runProgram(words, { cwd })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^stopped: /m)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`resume with: promptmill ${words.join(' ')}`)
  })

  it('ends with 1 after one call when the key is wrong, and never shows it', async () => {
    const { cwd } = await createPlace()
    const simulator = await createEndpoint({ requireKey: true })
    const env = { OPENAI_BASE_URL: simulator.url, OPENAI_API_KEY: 'sk-canary-1234567890' }
    const { status, stderr } = await runProgram(['run', 'in.csv', '--model', 'gpt-4o-mini'], { cwd, env })
    expect(status).toBe(1)
    expect(stderr).not.toContain('canary')
    expect(simulator.ledger().calls).toBe(1)
  })

  it('takes the key from .env, and the environment wins', async () => {
    const { cwd, at } = await createPlace()
    const simulator = await createEndpoint({ requireKey: true })
    const words = ['run', 'in.csv', '--model', 'gpt-4o-mini', '--base-url', simulator.url]
    await writeFile(at('.env'), `OPENAI_API_KEY=${key}\n`)
    expect((await runProgram(words, { cwd, env: { OPENAI_API_KEY: 'wrong' } })).status).toBe(1)
    expect((await runProgram(words, { cwd })).status).toBe(0)
  })

  it('tells machines everything as events, one JSON object a line', async () => {
    const { cwd } = await createPlace()
    const { stderr } = await runProgram([...simulated, '--progress', 'json'], { cwd })
    const events = stderr
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { readonly event: string })
    const names = events.map(({ event }) => event)
    expect(names[0]).toBe('plan')
    expect(names.at(-1)).toBe('end')
    expect(names.filter(name => name === 'row')).toHaveLength(5)
  })
})

describe('a wrong command line', () => {
  it.each([
    ['an unknown flag', ['run', 'in.csv', '--no-such-flag'], /There is no flag --no-such-flag/],
    ['an unknown flag of one letter', ['run', 'in.csv', '--x', '3'], /There is no flag --x\n/],
    ['an unknown short flag', ['run', 'in.csv', '-x', '3'], /There is no flag -x\n/],
    ['a misspelt flag', ['run', 'in.csv', '--modle', 'x'], /Did you mean --model\?/],
    ['an unknown command', ['rnu', 'in.csv'], /There is no command rnu[\s\S]*Did you mean run\?/],
    ['no command', [], /Commands:[\s\S]*No command is given/],
    ['no input', ['run'], /promptmill run <input\.\.>/],
    ['a word too many', ['status', 'a.results.csv', 'b.results.csv'], /does not take the argument b\.results/],
    ['a flag without its value', ['run', 'in.csv', '--model'], /--model needs a value/],
    ['a number that is none', ['run', 'in.csv', '--rpm', 'abc'], /--rpm needs a number/],
    ['an input that is not there', ['run', 'nowhere.csv', '--simulate'], /nowhere\.csv/],
    ['no model', ['run', 'in.csv', '--simulate'], /--model/],
    ['no key', ['run', 'in.csv', '--model', 'gpt-4o-mini'], /OPENAI_API_KEY/],
    ['an unknown column', [...simulated, '--prompt', 'Say {{nmae}}'], /nmae/],
    ['standard input without a format', ['run', '-', '--model', 'm', '--simulate'], /--format/],
    ['an unknown error code', ['explain', 'tiemout'], /tiemout/],
  ])('with %s ends with 2 and says what to do, without a stack', async (_title, words, message) => {
    const { cwd } = await createPlace()
    const { status, stdout, stderr } = await runProgram(words, { cwd })
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('help and tables', () => {
  it('names every command', async () => {
    const { stdout, status } = await runProgram(['--help'], { cwd: await createFolder() })
    expect(status).toBe(0)
    for (const command of ['run', 'retry', 'status', 'explain', 'simulate'])
      expect(stdout).toContain(`promptmill ${command}`)
  })

  it('explains one code or all', async () => {
    const cwd = await createFolder()
    expect((await runProgram(['explain', 'timeout'], { cwd })).stdout).toContain('--timeout')
    expect((await runProgram(['explain'], { cwd })).stdout).toContain('out_of_credit')
  })

  it('explains the codes that check and errors have, and knows what a misspelt one is meant to be', async () => {
    const cwd = await createFolder()
    expect((await runProgram(['explain', 'bad_output'], { cwd })).stdout).toContain('--output-prefix')
    expect((await runProgram(['explain', 'unknown_price'], { cwd })).stdout).toContain('--prices')
    const { stderr, status } = await runProgram(['explain', 'schema_mismach'], { cwd })
    expect(status).toBe(2)
    expect(stderr).toContain('Did you mean schema_mismatch?')
  })

  it('tells what stands to people and to machines', async () => {
    const { cwd } = await createPlace()
    await runProgram(simulated, { cwd })
    expect((await runProgram(['status', 'in.results.csv'], { cwd })).stdout).toContain('5 ok')
    const { stdout } = await runProgram(['status', 'in.results.csv', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ rows: { total: 5, ok: 5 }, simulated: true })
  })
})
