import { isUtf8 } from 'node:buffer'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter } from '../../src/input/line-splitter.js'

interface Split {
  readonly text: string
  readonly cut: boolean
}

const split = (pieces: readonly string[], maxLineBytes = 1000): Split[] => {
  const lines: Split[] = []
  const splitter = createLineSplitter(maxLineBytes, ({ bytes, from, to, cut }) =>
    lines.push({ text: bytes.toString('utf8', from, to), cut }),
  )
  for (const piece of pieces) splitter.write(Buffer.from(piece))
  splitter.end()
  return lines
}

describe('createLineSplitter', () => {
  it('splits as String.split does, wherever the bytes are cut', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u2028'), maxLength: 5 })
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const lines = pieces.join('').split('\n')
        if (lines.at(-1) === '') lines.pop()
        expect(split(pieces)).toEqual(lines.map(text => ({ text, cut: false })))
      }),
    )
  })

  it.each([
    ['as long as the limit', ['a'.repeat(9), 'b\n', 'c'], false],
    ['longer than the limit', ['a'.repeat(9), 'bb\n', 'c'], true],
    ['much longer than the limit, in many pieces', [...Array.from({ length: 1000 }, () => 'aaaaaaaa'), '\nc'], true],
  ])('marks a line that is %s: %#', (_title, pieces, cut) => {
    expect(split(pieces, 10).map(line => line.cut)).toEqual([cut, false])
  })

  it('calls lines proper only where they are UTF-8', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 })), pieces => {
        const chunk = Buffer.concat(pieces.flatMap(piece => [piece, Buffer.from('é\n')]))
        createLineSplitter(1000, ({ bytes, from, to, proper }) => {
          if (proper) expect(isUtf8(bytes.subarray(from, to))).toBe(true)
        }).write(chunk)
      }),
    )
  })

  it('keeps the beginning of a line that is too long, and little more', () => {
    const [line] = split(['head', 'x'.repeat(100_000), 'x'.repeat(100_000), '\n'], 50_000)
    expect(line?.text).toMatch(/^headx+$/)
    expect(line?.text.length).toBeLessThan(5000)
  })
})
