import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readJobFile } from '../../../src/cli/job/file.js'
import { PromptmillError } from '../../../src/core/errors.js'
import { createFolder } from '../../commands/workspace.js'

const write = async (text: string, name = 'job.yaml'): Promise<string> => {
  const file = path.join(await createFolder(), name)
  await writeFile(file, text)
  return file
}

const read = async (text: string, name?: string) => readJobFile(await write(text, name))

const refusal = async (text: string): Promise<PromptmillError> => {
  const error: unknown = await read(text).catch((caught: unknown) => caught)
  if (error instanceof PromptmillError) return error
  throw new Error('not refused', { cause: error })
}

describe('a job file', () => {
  it('holds flags by their names: numbers, texts, truth values, lists', async () => {
    const text =
      'model: gpt-4o\nmax-tokens: 40\ntemperature: 0.5\nsimulate: true\nwhere: [a=1, b!=2]\nselect: id,status\n'
    expect(await read(text)).toEqual({
      model: 'gpt-4o',
      maxTokens: 40,
      temperature: 0.5,
      simulate: true,
      where: ['a=1', 'b!=2'],
      select: ['id,status'],
    })
  })

  it('says the same in JSON, whatever it is indented with', async () => {
    const text = '{\n\t"$schema": "x",\n\t"model": "gpt-4o",\n\t"limit": 3\n}\n'
    expect(await read(text, 'job.json')).toEqual({ model: 'gpt-4o', limit: 3 })
  })

  it('names files from its own folder, but for a dash and absolute paths', async () => {
    const file = await write('input: [a.csv, /b.csv, "-", "c/*.csv"]\noutput: out.csv\nprompt-file: ../p.txt\n')
    const folder = path.dirname(file)
    expect(await readJobFile(file)).toEqual({
      input: [path.join(folder, 'a.csv'), '/b.csv', '-', path.join(folder, 'c/*.csv')],
      output: path.join(folder, 'out.csv'),
      promptFile: path.join(folder, '../p.txt'),
    })
  })

  it('takes parameters as a map, and messages and a schema in full', async () => {
    const text =
      'param:\n  stop: ["a"]\n  user: me\nmessages:\n  - {role: user, content: "{{q}}"}\nschema:\n  type: object\n'
    expect(await read(text)).toEqual({
      param: ['stop=["a"]', 'user="me"'],
      messages: '[{"role":"user","content":"{{q}}"}]',
      schema: { type: 'object' },
    })
  })

  it('leaves out the line break that ends a block of text, as at the end of a file', async () => {
    expect(await read('prompt: |\n  One\n\n  two\nsystem: "Three"\n')).toEqual({
      prompt: 'One\n\ntwo',
      system: 'Three',
    })
  })

  it.each([
    ['an unknown key', 'model: a\nmodle: b\n', 'line 2: there is no key "modle"', 'Did you mean model?'],
    ['a name in camel case', 'maxTokens: 3\n', 'line 1: there is no key "maxTokens"', 'Did you mean max-tokens?'],
    ['a key that is none of a job', 'json: true\n', 'line 1: there is no key "json"', undefined],
    ['another word for a key', 'template: x\n', 'line 1: there is no key "template"', 'Did you mean prompt?'],
    ['another word, in camel case', 'maxRetries: 1\n', 'no key "maxRetries"', 'Did you mean retries?'],
    ['an API key', 'api-key: x\n', 'line 1: there is no key "api-key"', 'The API key comes from OPENAI_API_KEY'],
    ['no number', '# x\nmax-tokens: many\n', 'line 2: --max-tokens needs a whole number of at least 1', undefined],
    [
      'a number out of range',
      'temperature: -1\n',
      'line 1: --temperature needs a number from 0 to 2, not -1',
      undefined,
    ],
    [
      'not-a-number',
      'temperature: .nan\n',
      'line 1: --temperature needs a number from 0 to 2',
      'Write it like temperature: 1',
    ],
    ['a list for a number', 'max-tokens: [1]\n', 'line 1: max-tokens needs a whole number', 'like max-tokens: 1'],
    ['a template without its quotes', 'prompt: {{word}}\n', 'prompt needs a text', 'like prompt: "Say {{word}}"'],
    ['a number for a text', 'model: 4\n', 'line 1: model needs a text: put it in quotes', 'Write it like model: "4"'],
    ['a word for a truth value', 'quiet: maybe\n', 'line 1: quiet is true or false', 'like quiet: true, without'],
    [
      'an unknown choice',
      'progress: loud\n',
      'line 1: --progress takes auto, bar, plain, json or none, not "loud"',
      undefined,
    ],
    ['a list for one value', 'model: [a]\n', 'line 1: model needs a text', 'Write it like model: "NAME"'],
    ['no value', 'model:\n', 'line 1: model has no value', 'Write it like model: "NAME"'],
    ['an input that is no path', 'input: []\n', 'line 1: input needs a path, or a list of paths', 'input: data.csv'],
    ['broken YAML', 'model: a\nwhere: [b\nlimit: 1\n', 'line 3: Flow sequence in block collection', undefined],
    ['a key that is there twice', 'model: a\nmodel: b\n', 'line 2: Map keys must be unique', undefined],
    ['an unknown tag', 'model: !!js a\n', 'line 1: Unresolved tag', undefined],
    ['a list', '- a\n', 'holds no job', undefined],
    ['nothing', '', 'holds no job', undefined],
  ])('is refused with %s', async (_title, text, message, hint) => {
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'bad_config', exitCode: 2 })
    expect(error.message).toContain(message)
    if (hint !== undefined) expect(error.hint).toContain(hint)
  })

  it('never shows a value that it refuses', async () => {
    expect((await refusal('api-key: sk-secret\n')).message).not.toContain('secret')
    expect((await refusal('max-tokens: sk-secret\n')).message).not.toContain('secret')
  })

  it('cannot be a file that is not there', async () => {
    const gone = path.join(await createFolder(), 'gone.yaml')
    await expect(readJobFile(gone)).rejects.toMatchObject({
      code: 'bad_config',
      message: `--config ${gone} cannot be read: there is no such file`,
      hint: expect.stringContaining('Check the spelling'),
    })
    const folder = path.dirname(gone)
    await expect(readJobFile(folder)).rejects.toMatchObject({
      message: `--config ${folder} cannot be read: it is a folder`,
      hint: 'Name a file in it',
    })
  })

  it('can be a manifest: its settings, its input, and the results beside it, wherever they are now', async () => {
    const folder = path.join(await createFolder(), 'moved.csv.run')
    await mkdir(folder)
    const manifest = {
      format: 1,
      tool: 'promptmill 0.1.0',
      input: { path: '/data/in.csv', name: 'in.csv', spooled: false },
      output: '/data/in.results.csv',
      settings: {
        model: 'm',
        prompt: '{{q}}\n',
        temperature: null,
        limit: 2,
        changed: 'resend',
        overwrite: true,
        later: 1,
      },
    }
    await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest))
    await writeFile(path.join(folder, 'prices.json'), '{}')
    expect(await readJobFile(path.join(folder, 'manifest.json'))).toEqual({
      model: 'm',
      prompt: '{{q}}\n',
      limit: 2,
      input: ['/data/in.csv'],
      output: folder.slice(0, -'.run'.length),
      prices: path.join(folder, 'prices.json'),
    })
  })
})
