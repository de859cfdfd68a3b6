import { describe, expect, it } from 'vitest'
import { inspectFile } from '../../src/input/file.js'
import { readText } from '../../src/input/text.js'
import { failureOf, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const readAs = async (bytes: Uint8Array, label: string, markBytes = 0): Promise<string> => {
  const file = await inspectFile(await workspace.write('a.csv', bytes), 'a.csv')
  let text = ''
  const finder = { hasHeader: true, findRow: async () => 0 }
  for await (const chunk of readText(file, { label, markBytes }, { finder })) text += chunk.toString()
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
    expect(error.code).toBe('bad_input')
    expect(error.message).toMatch(
      new RegExp(`^a\\.csv is not UTF-8: row 1 \\(line ${line}\\) holds bytes that are no text in it`),
    )
    expect(error.hint).toContain('--encoding')
  })

  it('names the line in another encoding, its mark put aside', async () => {
    const bytes = Buffer.concat([Buffer.from('\uFEFFa\nb\n', 'utf16le'), Buffer.of(0x00, 0xd8, 0x61, 0x00)])
    const error = await failureOf(readAs(bytes, 'utf-16le', 2))
    expect(error.message).toContain('a.csv is not utf-16le: row 1 (line 3)')
    expect(error.hint).toContain('--encoding')
  })

  it('offers no encoding that the file was just found not to be in', async () => {
    const cut = Buffer.from('id,Größe\n1,2\n', 'utf16le').subarray(0, -1)
    const { message } = await failureOf(readAs(cut, 'utf-16le'))
    expect(message).toMatch(/^a\.csv is not utf-16le: row 1 \(line 2\) holds bytes that are no text in it$/)
  })

  // 编号,问题 in GB18030
  const chinese = Buffer.from('b1e0bac52ccecacce2', 'hex')

  it('shows the first line as other encodings read it, each with the flag to give', async () => {
    const error = await failureOf(readAs(Buffer.concat([chinese, Buffer.from('\r\n1,2\r\n')]), 'utf-8'))
    expect(error.message).toMatch(/Its header in other encodings:\n {2}--encoding gb18030 +编号,问题\n/)
    expect(error.message).toMatch(/\n {2}--encoding windows-1252 +±àºÅ,ÎÊÌâ$/)
    expect(error.hint).toContain('--encoding gb18030')
  })

  it('leaves it to the reader which of them reads right', async () => {
    const error = await failureOf(readAs(Buffer.from('id,Größe\n', 'latin1'), 'utf-8'))
    expect(error.hint).toMatch(/^Nothing was sent\. Choose the line that reads right and give its encoding/)
    expect(error.hint).not.toMatch(/such as/)
  })

  it.each([
    ['big5', Buffer.from('bd73b8b92cb0ddc344', 'hex'), '編號,問題'],
    ['shift_jis', Buffer.from('94d48d862c8ebf96e2', 'hex'), '番号,質問'],
    ['euc-kr', Buffer.from('b9f8c8a32cc1fab9ae', 'hex'), '번호,질문'],
    ['windows-1252', Buffer.from('Nummer,Größe', 'latin1'), 'Nummer,Größe'],
  ])('shows what is right for %s', async (label, header, text) => {
    const { message } = await failureOf(readAs(Buffer.concat([header, Buffer.from('\n1,2\n')]), 'utf-8'))
    expect(message).toMatch(new RegExp(`--encoding ${label} +${text}(\\n|$)`))
  })

  it('shows the first characters that are not ASCII where the first line is', async () => {
    const { message } = await failureOf(readAs(Buffer.concat([Buffer.from('id,text\n1,'), chinese]), 'utf-8'))
    expect(message).toMatch(
      /line 2\) holds .*The first characters that are not ASCII in other encodings:\n {2}--encoding gb18030 +编号,问题\n/,
    )
  })

  it('says in the wrong encoding which ones make sense of the file', async () => {
    const { message } = await failureOf(readAs(Buffer.from('题目\n是,ÿ\n'), 'euc-kr'))
    expect(message).toMatch(/a\.csv is not euc-kr: .*\n {2}--encoding utf-8 +题目/)
  })

  it('shows what is right for a file that holds NULs without being UTF-16', async () => {
    const { message } = await failureOf(readAs(Buffer.concat([chinese, Buffer.from('\n1,\0\0\n2,\0x\n')]), 'utf-8'))
    expect(message).toMatch(/--encoding gb18030 +编号,问题/)
  })

  it('shows a long line in part', async () => {
    const line = Buffer.concat([...Array.from({ length: 200 }, () => chinese), Buffer.from('\n')])
    const { message } = await failureOf(readAs(line, 'utf-8'))
    expect(message).toContain('编号,问题编号')
    expect(message.length).toBeLessThan(800)
  })

  it('shows nothing that is no text in any encoding', async () => {
    const error = await failureOf(readAs(Buffer.concat([Buffer.of(0xff, 0xff, 0x81, 0), Buffer.from('\n')]), 'utf-8'))
    expect(error.message).toMatch(/no text in it$/)
    expect(error.hint).toMatch(/--encoding gb18030.*windows-1252/)
  })

  it('names the row, where somebody knows how to find it', async () => {
    const file = await inspectFile(await workspace.write('a.csv', Buffer.concat([Buffer.from('a\nb\n'), bad])), 'a.csv')
    const findRow = async (text: AsyncIterable<Buffer>): Promise<number> => {
      let read = ''
      for await (const chunk of text) read += chunk.toString()
      return read.split('\n').length - 2
    }
    const reading = async (): Promise<void> => {
      for await (const chunk of readText(
        file,
        { label: 'utf-8', markBytes: 0 },
        { finder: { hasHeader: false, findRow } },
      ))
        expect(chunk).toBeDefined()
    }
    expect((await failureOf(reading())).message).toContain('row 2 (line 3) holds bytes')
  })
})
