import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageType } from '../../src/core/image-head.js'
import { readImageReference, writeImageReference } from '../../src/core/image-reference.js'

const types: readonly ImageType[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('an image reference', () => {
  it('holds what the image is, and is read back', () => {
    const side = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(fc.constantFrom(...types), side, side, fc.string(), (type, width, height, text) => {
        const content = { type, width, height, sha256: hashOf(text) }
        expect(readImageReference(writeImageReference(content))).toEqual(content)
      }),
    )
  })

  it('needs no escape in JSON, so that it can be found there', () => {
    const text = writeImageReference({ type: 'image/png', width: 1, height: 2, sha256: hashOf('') })
    expect(JSON.stringify(text)).toBe(`"${text}"`)
  })

  it.each(['', 'https://example.com/cat.png', 'data:image/png;base64,iVBORw0KGgo=', `data:${'x'.repeat(1000)}`])(
    'is not read out of another URL: %.40s',
    url => {
      expect(readImageReference(url)).toBeUndefined()
    },
  )
})
