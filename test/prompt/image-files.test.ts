import { createHash } from 'node:crypto'
import { mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createImageFiles, type ImageFile } from '../../src/prompt/image-files.js'
import { openImageFolders } from '../../src/prompt/image-folders.js'
import { createFolder } from '../commands/workspace.js'
import { jpeg, png } from './pictures.js'

const createFiles = async () => {
  const folder = await createFolder()
  const at = (name: string): string => path.join(folder, name)
  return { at, files: createImageFiles(await openImageFolders(folder, [])) }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const found = (image: ImageFile | { readonly code: string }): ImageFile => {
  if ('code' in image) throw new Error(image.code)
  return image
}

describe('an image file', () => {
  it.each([
    ['small', png(300, 200)],
    ['of many pieces', png(300, 200, 'x'.repeat(3_000_001))],
    ['whose size stands far behind its beginning', jpeg(300, 200, 1_000_000)],
  ])('is looked at for kind, size and hash when it is %s', async (_what, bytes) => {
    const { at, files } = await createFiles()
    // The name says nothing: the first bytes do.
    await writeFile(at('picture.txt'), bytes)
    const image = found(await files.look('picture.txt'))
    expect(image).toMatchObject({ bytes: bytes.length, content: { width: 300, height: 200, sha256: hashOf(bytes) } })
    expect(image.reference).toContain(hashOf(bytes))
  })

  it.each([
    ['another kind of file', 'id_rsa', 'image_invalid'],
    ['an empty file', 'empty.png', 'image_invalid'],
    ['a folder', 'folder.png', 'image_missing'],
    ['a file that is not there', 'gone.png', 'image_missing'],
    ['a file larger than a request may be', 'huge.png', 'image_too_large'],
  ])('is not %s', async (_what, name, code) => {
    const { at, files } = await createFiles()
    await mkdir(at('folder.png'))
    await writeFile(at('id_rsa'), '-----BEGIN OPENSSH PRIVATE KEY-----\n')
    await writeFile(at('empty.png'), '')
    await writeFile(at('huge.png'), png(9, 9))
    await truncate(at('huge.png'), 400_000_000)
    expect(await files.look(name)).toMatchObject({ code, detail: name })
  })

  it('is read whole for the sending', async () => {
    const { at, files } = await createFiles()
    const bytes = png(9, 9, 'x'.repeat(700_000))
    await writeFile(at('cat.png'), bytes)
    const image = found(await files.look('cat.png'))
    expect(await image.read()).toEqual(bytes)
  })

  it('is looked at again when it was written to', async () => {
    const { at, files } = await createFiles()
    await writeFile(at('cat.png'), png(9, 9))
    await files.look('cat.png')
    await writeFile(at('cat.png'), png(10, 10))
    expect(await files.look('cat.png')).toMatchObject({ content: { width: 10 } })
  })

  it.each([
    ['other content', (file: string) => writeFile(file, png(10, 9)), 'image_changed'],
    ['more content', (file: string) => writeFile(file, png(9, 9, 'more')), 'image_changed'],
    ['less content', (file: string) => truncate(file, 20), 'image_changed'],
    ['no file at all', (file: string) => rm(file), 'image_missing'],
  ])('is not sent when there is %s by then, whatever its date says', async (_what, change, code) => {
    const { at, files } = await createFiles()
    const at2026 = new Date('2026-01-01')
    await writeFile(at('cat.png'), png(9, 9))
    await utimes(at('cat.png'), at2026, at2026)
    const image = found(await files.look('cat.png'))
    await change(at('cat.png'))
    await utimes(at('cat.png'), at2026, at2026).catch(() => undefined)
    expect(await image.read()).toMatchObject({ code })
  })
})
