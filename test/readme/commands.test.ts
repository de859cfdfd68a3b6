import { execFileSync, spawnSync } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../cli/program.js'
import { createEndpoint, createFolder } from '../commands/workspace.js'
import { splitWords } from '../samples/split-words.js'
import { key } from '../secrets/canary.js'

const root = path.resolve(import.meta.dirname, '../..')
const readme = await readFile(path.join(root, 'README.md'), 'utf8')

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text.trim())

/** A folder in which the README's commands make sense: the sample's files, a file of questions, and the schema shown. */
const createReader = async (): Promise<string> => {
  const cwd = await createFolder()
  await cp(path.join(root, 'samples/translate-reviews'), cwd, { recursive: true })
  await writeFile(path.join(cwd, 'questions.csv'), 'prompt\nWhy is the sky blue?\nHow far is the moon?\n')
  await cp(path.join(root, 'samples/describe-pictures/pictures'), cwd, { recursive: true })
  await writeFile(path.join(cwd, 'photos.csv'), 'photo,complaint\nhouse.png,The roof leaks\n,No photo yet\n')
  const schema = blocks('json').find(block => block.includes('"properties"')) ?? ''
  await writeFile(path.join(cwd, 'opinion.json'), schema)
  return cwd
}

/** Milliseconds: some twenty processes are started one after the other, on a machine that may be busy with other tests. */
const patience = 400_000

interface Step {
  readonly command: string
  readonly output: readonly string[]
}

/** A terminal session: what follows a `$ ` is a command, the lines under it are what it says. */
const readSession = (block: string): Step[] =>
  block.split(/^\$ /m).flatMap(step => {
    const [command = '', ...output] = step.trimEnd().split('\n')
    return command === '' ? [] : [{ command, output }]
  })

/** Times and the day differ from run to run; rows, tokens and money do not. */
const maskTimes = (line: string): string =>
  /^time {5}\d/.test(line) ? 'time     …' : line.trimEnd().replace(/\d{4}-\d\d-\d\d$/, 'today')

describe("the README's session", () => {
  const [session = ''] = blocks('console')

  it('shows estimate, run and retry as they are, line by line', async () => {
    const cwd = await createReader()
    const { url } = await createEndpoint({ emptyChoices: 0.06, latencyMs: 20 })
    const env = { OPENAI_BASE_URL: url, OPENAI_API_KEY: key }
    const steps = readSession(session)
    expect(steps.map(({ command }) => command.split(' ')[1])).toEqual(['estimate', 'run', 'retry'])
    for (const { command, output } of steps) {
      const { stdout, stderr } = await runProgram(splitWords(command).slice(1), { cwd, env })
      const said = `${stdout}${stderr}`.trimEnd().split('\n')
      // Said of every run against the built-in endpoint; the README says it in its own words.
      const shown = said.filter(line => !line.startsWith('simulated: '))
      expect(shown.map(maskTimes)).toEqual(output.map(maskTimes))
    }
  })
})

const hasJq = spawnSync('jq', ['--version']).status === 0

describe("the README's commands", () => {
  const commands = blocks('sh').flatMap(block => block.split('\n'))
  const own = commands.filter(command => command.startsWith('promptmill '))

  it('are the program’s own, or of tools that need no explanation', () => {
    expect(own.length).toBeGreaterThan(5)
    for (const command of commands) expect(command).toMatch(/^(promptmill|npm|export|jq) /)
  })

  it.skipIf(!hasJq)('of jq read the journal as they stand', async () => {
    const cwd = await createReader()
    const { url } = await createEndpoint({ emptyChoices: 0.06, fault500: 0.2 })
    const env = { OPENAI_BASE_URL: url, OPENAI_API_KEY: key }
    await runProgram(splitWords('run reviews.csv --model gpt-4o-mini --prompt-file prompt.txt'), { cwd, env })
    const asked = commands.filter(command => command.startsWith('jq '))
    const said = asked.map(command => execFileSync('jq', splitWords(command).slice(1), { cwd, encoding: 'utf8' }))
    expect(said.length).toBe(2)
    expect(JSON.parse(said[0]?.split('\n')[0] ?? '')).toMatchObject({ object: 'chat.completion' })
    expect(JSON.parse(said[1] ?? '')).toEqual({ server_error: expect.any(Number) })
  })

  it('run one after the other as they stand', { timeout: patience }, async () => {
    const cwd = await createReader()
    const { url } = await createEndpoint()
    const env = { OPENAI_BASE_URL: url, OPENAI_API_KEY: key }
    for (const command of own.filter(text => !text.startsWith('promptmill simulate'))) {
      const words = splitWords(command.replace('http://127.0.0.1:11434/v1', url)).slice(1)
      const output = words.includes('llama3.2') ? ['-o', 'llama.csv'] : []
      const { status, stderr } = await runProgram([...words, ...output], { cwd, env })
      expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' })
    }
  })
})
