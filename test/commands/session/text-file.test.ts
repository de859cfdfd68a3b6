import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTextFile } from '../../../src/commands/session/text-file.js'
import { createFolder } from '../workspace.js'

const readBytes = async (bytes: Uint8Array): Promise<string> => {
  const file = path.join(await createFolder(), 'prompt.txt')
  await writeFile(file, bytes)
  return readTextFile('--prompt-file', file)
}

describe('the file of a flag', () => {
  it.each([
    ['UTF-8', Buffer.from('评论: {{x}}\n')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFF评论: {{x}}\n')],
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFF评论: {{x}}\n', 'utf16le')],
    ['UTF-16, the other way round', Buffer.from('\uFEFF评论: {{x}}\n', 'utf16le').swap16()],
  ])('is read as %s', async (_encoding, bytes) => {
    expect(await readBytes(bytes)).toBe('评论: {{x}}\n')
  })

  it('is refused in an encoding that would be sent as rubbish', async () => {
    // 评论 in GB18030.
    await expect(readBytes(Buffer.from('c6c0c2db', 'hex'))).rejects.toMatchObject({
      code: 'bad_flag',
      message: expect.stringMatching(/^--prompt-file .*prompt\.txt is not valid UTF-8$/),
    })
  })

  it('must be there', async () => {
    await expect(readTextFile('--prompt-file', 'no-such.txt')).rejects.toMatchObject({
      code: 'bad_flag',
      message: '--prompt-file no-such.txt cannot be read: there is no such file',
      hint: expect.stringContaining('Check the spelling'),
    })
  })

  it('must be a file', async () => {
    const folder = await createFolder()
    await expect(readTextFile('--schema', folder)).rejects.toMatchObject({
      code: 'bad_flag',
      message: `--schema ${folder} cannot be read: it is a folder`,
      hint: 'Name a file in it',
    })
  })
})
