import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowFault } from '../../src/core/model.js'
import { readImageCell } from '../../src/prompt/image-cells.js'
import { png } from './pictures.js'

const dataUrl = `data:image/png;base64,${png(8, 8).toString('base64')}`

const namesOf = (cell: string): unknown => {
  const sources = readImageCell(cell)
  return 'code' in sources ? sources.code : sources.map(source => (source.kind === 'url' ? source.url : source.name))
}

describe('a cell with images', () => {
  it.each([
    ['nothing', '', []],
    ['blanks', '  ', []],
    ['one path', 'cat.png', ['cat.png']],
    ['a path with blanks, dots and Chinese', ' 照片/my cat.v2.png ', ['照片/my cat.v2.png']],
    ['several paths', 'a.png|b.png | c.png', ['a.png', 'b.png', 'c.png']],
    ['a bar at the end', 'a.png|', ['a.png']],
    ['a URL', 'https://example.com/a.png?x=1', ['https://example.com/a.png?x=1']],
    ['a URL and a path', 'HTTP://example.com/a.png|b.png', ['HTTP://example.com/a.png', 'b.png']],
    ['a data URL', dataUrl, [dataUrl]],
    ['a JSON list', '["a.png", "https://example.com/a|b.png"]', ['a.png', 'https://example.com/a|b.png']],
    ['an empty list', '[]', []],
    ['a name that begins with a bracket', '[draft] cat.png', ['[draft] cat.png']],
    ['a name that begins with dots', '../cat.png', ['../cat.png']],
  ])('holds %s', (_what, cell, names) => {
    expect(namesOf(cell)).toEqual(names)
  })

  it.each([
    ['/etc/passwd', 'image_outside'],
    ['~root/../etc/../cat.png|/home/me/cat.png', 'image_outside'],
    ['C:\\Users\\me\\cat.png', 'image_outside'],
    ['c:cat.png', 'image_outside'],
    ['\\\\server\\share\\cat.png', 'image_outside'],
    ['\\cat.png', 'image_outside'],
    ['file:///home/me/cat.png', 'image_outside'],
    ['FILE:cat.png', 'image_outside'],
    ['ftp://example.com/cat.png', 'image_invalid'],
    ['s3://bucket/cat.png', 'image_invalid'],
    ['https://', 'image_invalid'],
    ['data:image/png,abc', 'image_invalid'],
    ['data:image/png;base64,', 'image_invalid'],
    [`data:image/png;base64,${Buffer.from('no image at all').toString('base64')}`, 'image_invalid'],
    ['["a.png", 7]', 'image_invalid'],
    ['[{"url": "a.png"}]', 'image_invalid'],
  ])('that holds %s is refused', (cell, code) => {
    expect(namesOf(cell)).toBe(code)
  })

  it.each([
    ['/data/pics/cat.png', 'cat.png with --image-root /data/pics'],
    ['file:///data/pics/cat.png', 'cat.png with --image-root /data/pics'],
    ['D:\\pics\\cat.png', 'cat.png with --image-root D:\\pics'],
  ])('that holds %s is told how to name it', (cell, way) => {
    const hint = `Name images by paths relative to the input, or, if you trust it, to a further folder: ${way}`
    expect(readImageCell(cell)).toMatchObject({ detail: cell, hint })
  })

  it('is told so with nothing that a terminal would obey, and in short', () => {
    const cell = `/\u001b[2J\n${'a'.repeat(1_000_000)}/cat.png`
    const { hint } = readImageCell(cell) as RowFault
    expect(hint).toContain('cat.png with --image-root /�[2J�aaa')
    expect(hint?.length).toBeLessThan(1000)
  })

  it('names no file from the root of a disk or of a network, whatever it holds', () => {
    const odd = fc.constantFrom('/', '\\', '..', '|', ':', 'file:', 'C:', '[', '"', ']', ' ', 'a', '\0', '照')
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(odd).map(parts => parts.join('')),
    )
    fc.assert(
      fc.property(cell, text => {
        const sources = readImageCell(text)
        if ('code' in sources) return
        for (const source of sources) {
          if (source.kind === 'url') expect(source.url).toMatch(/^(https?|data):/i)
          else expect([path.posix.isAbsolute(source.name), path.win32.isAbsolute(source.name)]).toEqual([false, false])
        }
      }),
    )
  })
})
