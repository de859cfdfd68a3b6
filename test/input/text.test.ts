import { describe, expect, it } from 'vitest'
import { inspectFile } from '../../src/input/file.js'
import { readText } from '../../src/input/text.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const readAs = async (bytes: Uint8Array, label: string, markBytes = 0): Promise<string> => {
  const file = await inspectFile(await workspace.write('a.csv', bytes), 'a.csv')
  let text = ''
  for await (const chunk of readText(file, { label, markBytes })) text += chunk.toString()
  return text
}

const bad = Buffer.of(0xff)
const manyLines = Buffer.from('0123456789\n'.repeat(100_000))

describe('readText', () => {
  it.each([
    ['utf-8', Buffer.from('é,你\n😀')],
    ['utf-16le', Buffer.from('é,你\n😀', 'utf16le')],
  ])('reads %s', async (label, bytes) => {
    expect(await readAs(bytes, label)).toBe('é,你\n😀')
  })

  it('reads UTF-16 with characters across chunks', async () => {
    const text = `a${'😀你'.repeat(200_000)}`
    expect(await readAs(Buffer.from(text, 'utf16le'), 'utf-16le')).toBe(text)
  })

  it.each([
    ['in the first line', [bad], 1],
    ['after LF', [Buffer.from('a\nb\nc'), bad, Buffer.from('\nd')], 3],
    ['after CRLF', [Buffer.from('a\r\nb\r\n'), bad], 3],
    ['after lone CR', [Buffer.from('a\rb\r'), bad], 3],
    ['far into the file', [manyLines, Buffer.from('ab'), bad, manyLines], 100_001],
    ['a character cut by a line end', [Buffer.from('a\n'), Buffer.of(0xe4, 0xbd), Buffer.from('\nb\n')], 2],
    ['a character cut by the end', [Buffer.from('a\nb'), Buffer.of(0xe4, 0xbd)], 2],
  ] as const)('names the line that is not UTF-8: %s', async (_title, parts, line) => {
    const error = await failureOf(readAs(Buffer.concat(parts), 'utf-8'))
    expect(error).toMatchObject({
      code: 'bad_input',
      message: `a.csv is not UTF-8: line ${line} holds bytes that are no text in it`,
    })
    expect(error.hint).toMatch(/--encoding gb18030.*windows-1252/)
  })

  it('names the line in another encoding, its mark put aside', async () => {
    const bytes = Buffer.concat([Buffer.from('\uFEFFa\nb\n', 'utf16le'), Buffer.of(0x00, 0xd8, 0x61, 0x00)])
    const error = await failureOf(readAs(bytes, 'utf-16le', 2))
    expect(error.message).toContain('a.csv is not utf-16le: line 3')
    expect(error.hint).toContain('--encoding')
  })

  // 编号,问题 in GB18030
  const chinese = Buffer.from('b1e0bac52ccecacce2', 'hex')

  it('shows a short first line as GB18030 would read it', async () => {
    const error = await failureOf(readAs(Buffer.concat([chinese, Buffer.from('\r\n1,2\r\n')]), 'utf-8'))
    expect(error.hint).toContain('编号,问题')
  })

  it.each([
    ['long', Buffer.concat([...Array.from({ length: 20 }, () => chinese), Buffer.from('\n')])],
    ['plain ASCII', Buffer.concat([Buffer.from('id,text\n'), chinese])],
    ['no GB18030 either', Buffer.concat([Buffer.of(0xff, 0xff), Buffer.from('\n')])],
    ['without an end', chinese],
  ])('shows no first line that is %s', async (_title, bytes) => {
    expect((await failureOf(readAs(bytes, 'utf-8'))).hint).not.toContain('first line is')
  })
})
