import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMessageTemplates, writeMessageTemplates } from '../../../src/commands/session/message-file.js'
import { toSettings } from '../../../src/core/option-values.js'
import { type RunFlags, runOptions } from '../../../src/core/options.js'
import { createFolder } from '../workspace.js'

const read = (flags: RunFlags) => readMessageTemplates(toSettings(runOptions, flags))

const readFileWith = async (text: string, flags: RunFlags = {}) => {
  const file = path.join(await createFolder(), 'messages.json')
  await writeFile(file, text)
  return read({ messages: file, ...flags })
}

describe('a file of messages', () => {
  it('is a list of roles and templates', async () => {
    const messages = await readFileWith(
      '\uFEFF[\n {"role": "system", "content": "Be {{tone}}"},\n {"content": "{{q}}", "role": "user"}]\n',
    )
    expect(messages?.map(({ role, content }) => [role, content.source])).toEqual([
      ['system', 'Be {{tone}}'],
      ['user', '{{q}}'],
    ])
    expect(messages?.[1]?.content.name).toMatch(/^--messages .*messages\.json, message 2$/)
  })

  it('is kept as a text that can be given in its place', async () => {
    const messages = (await readFileWith('[{"role": "user", "content": "say \\"{{q}}\\""}]')) ?? []
    const again = await read({ messages: writeMessageTemplates(messages) })
    expect(again?.map(({ content }) => content.source)).toEqual(['say "{{q}}"'])
  })

  it('need not be given', async () => {
    expect(await read({})).toBeUndefined()
  })

  it.each([
    ['[\n{"role": "user",\n"content": }]', /messages\.json, line 3: not valid JSON: character 12/],
    ['[{"role": "user", "content": "x"}\n\n', /messages\.json, line 1: not valid JSON: it ends too early/],
    ['{"role": "user", "content": "x"}', /not a list of messages/],
    ['[]', /not a list of messages/],
    ['["x"]', /message 1: not an object/],
    ['[{"content": "x"}]', /message 1: the message has no role/],
    ['[{"role": "user", "content": "x"}, {"role": "usr", "content": "x"}]', /message 2: there is no role "usr"/],
    ['[{"role": "user"}]', /message 1: the content is not a text/],
    ['[{"role": "user", "content": [{"type": "text"}]}]', /message 1: the content is not a text/],
    ['[{"role": "user", "content": "x", "nmae": "y"}]', /message 1: the key "nmae" is not known/],
  ])('that holds %s is refused with its place', async (text, message) => {
    const refused = readFileWith(text)
    await expect(refused).rejects.toMatchObject({ code: 'bad_template', exitCode: 2, hint: expect.any(String) })
    await expect(refused).rejects.toThrow(message)
  })

  it('names the role that was probably meant', async () => {
    await expect(readFileWith('[{"role": "usr", "content": "x"}]')).rejects.toMatchObject({
      hint: 'Did you mean "user"? Roles are system, developer, user, assistant',
    })
  })

  it.each([
    [{ prompt: 'x' }, '--prompt'],
    [{ promptFile: 'x.txt' }, '--prompt-file'],
    [{ system: 'x' }, '--system'],
    [{ systemFile: 'x.txt' }, '--system-file'],
  ])('excludes %j', async (flags, name) => {
    const refused = readFileWith('[{"role": "user", "content": "x"}]', flags)
    await expect(refused).rejects.toMatchObject({
      code: 'bad_flag',
      message: `--messages and ${name} are both given`,
    })
  })

  it('must be there', async () => {
    await expect(read({ messages: 'no-such.json' })).rejects.toMatchObject({
      code: 'bad_flag',
      message: '--messages no-such.json cannot be read: there is no such file',
    })
  })
})
