import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openImageFolders } from '../../src/prompt/image-folders.js'
import { createFolder } from '../commands/workspace.js'

/**
 * outside/secret.png, and an input's folder with cat.png, sub/dog.png, links to both sides of the border.
 */
const createTree = async () => {
  const top = await createFolder()
  const at = (...names: string[]): string => path.join(top, ...names)
  await mkdir(at('input', 'sub'), { recursive: true })
  await mkdir(at('outside'))
  for (const file of ['input/cat.png', 'input/sub/dog.png', 'outside/secret.png']) await writeFile(at(file), '')
  await symlink(at('outside', 'secret.png'), at('input', 'link.png'))
  await symlink(at('outside'), at('input', 'linked'))
  await symlink(at('input', 'cat.png'), at('input', 'alias.png'))
  await symlink(at('input'), at('way'))
  await symlink('loop.png', at('input', 'loop.png'))
  return at
}

const codeOf = (located: Awaited<ReturnType<Awaited<ReturnType<typeof openImageFolders>>['locate']>>): unknown =>
  typeof located === 'string' ? path.basename(located) : located.code

describe("the input's folder", () => {
  it.each([
    ['a file in it', 'cat.png', 'cat.png'],
    ['a file below it', 'sub/dog.png', 'dog.png'],
    ['a way out and in again', 'sub/../cat.png', 'cat.png'],
    ['a link that stays inside', 'alias.png', 'cat.png'],
    ['a file that is not there', 'bird.png', 'image_missing'],
    ['a file where a folder should be', 'cat.png/x', 'image_missing'],
    ['a link in a circle', 'loop.png', 'image_missing'],
    ['a name with a NUL', 'cat\0.png', 'image_missing'],
    ['a way out', '../outside/secret.png', 'image_outside'],
    ['a link to a file outside', 'link.png', 'image_outside'],
    ['a link to a folder outside', 'linked/secret.png', 'image_outside'],
    ['the folder itself', '.', 'image_outside'],
  ])('is asked for %s', async (_what, name, expected) => {
    const at = await createTree()
    const folders = await openImageFolders(at('input'), [])
    expect(codeOf(await folders.locate(name))).toBe(expected)
  })

  it('may be reached by a link itself', async () => {
    const at = await createTree()
    const folders = await openImageFolders(at('way'), [])
    expect(codeOf(await folders.locate('cat.png'))).toBe('cat.png')
    expect(codeOf(await folders.locate('link.png'))).toBe('image_outside')
  })
})

describe('what to do about an image', () => {
  it('that is missing says where it was looked for', async () => {
    const at = await createTree()
    const folders = await openImageFolders(at('way'), [at('outside'), at('input')])
    const places = [await realpath(at('input')), await realpath(at('outside'))]
    expect(await folders.locate('bird.png')).toMatchObject({
      message: 'an image is not there',
      hint: `Images were looked for in ${places.join(', then in ')}; --image-root DIR adds a folder`,
    })
  })

  it('outside names the folder that would have to be opened', async () => {
    const at = await createTree()
    const folders = await openImageFolders(at('input'), [])
    const folder = await realpath(at('outside'))
    for (const name of ['link.png', 'linked/secret.png', '../outside/secret.png']) {
      const hint = `If you trust the input, --image-root ${folder} opens the folder of ${name}`
      expect(await folders.locate(name)).toMatchObject({ code: 'image_outside', hint })
    }
  })
})

describe('any path', () => {
  it('leads to a file inside or nowhere', async () => {
    const at = await createTree()
    const folders = await openImageFolders(at('input'), [])
    const part = fc.constantFrom(
      '..',
      '.',
      'input',
      'outside',
      'sub',
      'linked',
      'link.png',
      'secret.png',
      'cat.png',
      'dog.png',
    )
    const real = await realpath(at('input'))
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async parts => {
        const located = await folders.locate(parts.join('/'))
        if (typeof located === 'string') expect(located.startsWith(real + path.sep)).toBe(true)
      }),
    )
  })
})

describe('a further folder', () => {
  it('opens the way out to it, and to nothing else', async () => {
    const at = await createTree()
    await writeFile(at('other.png'), '')
    const folders = await openImageFolders(at('input'), [at('outside')])
    expect(codeOf(await folders.locate('../outside/secret.png'))).toBe('secret.png')
    expect(codeOf(await folders.locate('link.png'))).toBe('secret.png')
    expect(codeOf(await folders.locate('../other.png'))).toBe('image_outside')
  })

  it("is where a path is looked for after the input's", async () => {
    const at = await createTree()
    await writeFile(at('outside', 'cat.png'), '')
    const folders = await openImageFolders(at('input'), [at('outside')])
    expect(codeOf(await folders.locate('secret.png'))).toBe('secret.png')
    expect(await folders.locate('cat.png')).toContain(`input${path.sep}cat.png`)
  })

  it.each(['nowhere', 'input/cat.png'])('must be a folder: %s', async name => {
    const at = await createTree()
    await expect(openImageFolders(at('input'), [at(name)])).rejects.toMatchObject({
      code: 'bad_flag',
      message: expect.stringContaining('is not a folder'),
    })
  })
})
