import { describe, expect, it } from 'vitest'
import type { JsonRow, TableRow } from '../../src/core/model.js'
import type { ImageFile, ImageFiles } from '../../src/prompt/image-files.js'
import { createImageReader } from '../../src/prompt/row-images.js'

const row = (cell: string): TableRow => ({ form: 'table', index: 0, line: 2, cells: [cell] })

/** Files that answer when they are told to, and count how often they are asked. */
const createSlowFiles = () => {
  const waiting: (() => void)[] = []
  const asked: string[] = []
  const files: ImageFiles = {
    look: async name => {
      asked.push(name)
      await new Promise<void>(resolve => {
        waiting.push(resolve)
      })
      const content = { type: 'image/png', width: 1, height: 1, sha256: '' } as const
      return { name, content, reference: `ref:${name}`, bytes: 3, read: () => Promise.resolve(Buffer.alloc(3)) }
    },
  }
  return { files, asked, answer: () => waiting.splice(0).forEach(resolve => resolve()) }
}

const createReader = (files: ImageFiles) =>
  createImageReader(
    { columns: ['image'], detail: undefined },
    {
      read: ({ form, ...rest }) => (form === 'table' && 'cells' in rest ? rest.cells[0] : undefined),
      filesOf: () => files,
    },
  )

const urlsOf = (images: { readonly fault?: unknown; readonly files?: readonly ImageFile[] }): unknown =>
  images.fault ?? images.files?.map(({ reference }) => reference)

describe('the files of rows', () => {
  it('are those of the rows that they were looked at for, whoever looks at others meanwhile', async () => {
    const { files, answer } = createSlowFiles()
    const reader = createReader(files)
    const first = reader.look([row('a.png|b.png')])
    const second = reader.look([row('c.png')])
    answer()
    const [ofFirst, ofSecond] = await Promise.all([first, second])
    expect(urlsOf(ofFirst(row('a.png|b.png')))).toEqual(['ref:a.png', 'ref:b.png'])
    expect(urlsOf(ofSecond(row('c.png')))).toEqual(['ref:c.png'])
    expect(() => ofSecond(row('a.png'))).toThrow(/nobody looked/)
  })

  it('are looked at once for all rows that show them', async () => {
    const { files, asked, answer } = createSlowFiles()
    const looking = createReader(files).look([row('a.png'), row('a.png|a.png'), row('https://example.com/a.png')])
    answer()
    await looking
    expect(asked).toEqual(['a.png'])
  })

  it('are never left out of a row that nobody prepared', () => {
    const { unlooked } = createReader(createSlowFiles().files)
    expect(unlooked(row('https://example.com/a.png'))).toMatchObject({ parts: [{ type: 'image_url' }], files: [] })
    expect(() => unlooked(row('a.png'))).toThrow(/nobody looked/)
  })

  it('are no more than a request takes', async () => {
    const { unlooked } = createReader(createSlowFiles().files)
    expect(unlooked(row('https://example.com/a.png|'.repeat(1501)))).toMatchObject({
      fault: { code: 'image_too_large' },
    })
  })

  it.each([5, true, { url: 'https://example.com/a.png' }])('are not named by %j, which is no text', value => {
    const json: JsonRow = { form: 'json', index: 0, line: 1, text: '', record: { image: value } }
    const reader = createImageReader(
      { columns: ['image'], detail: undefined },
      { read: () => JSON.stringify(value), filesOf: () => createSlowFiles().files },
    )
    expect(reader.unlooked(json)).toEqual({
      fault: {
        code: 'image_invalid',
        message: 'an image is named by no text: write its path or URL, or a list of them',
        detail: JSON.stringify(value),
      },
    })
  })

  it.each([null, 'https://example.com/a.png', ['https://example.com/a.png']])('are named by %j', value => {
    const json: JsonRow = { form: 'json', index: 0, line: 1, text: '', record: { image: value } }
    const reader = createImageReader(
      { columns: ['image'], detail: undefined },
      {
        read: () => (Array.isArray(value) ? JSON.stringify(value) : (value ?? '')),
        filesOf: () => createSlowFiles().files,
      },
    )
    expect(reader.unlooked(json).fault).toBeUndefined()
  })
})
