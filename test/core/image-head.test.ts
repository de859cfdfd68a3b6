import { describe, expect, it } from 'vitest'
import { readImageHead, readImageType } from '../../src/core/image-head.js'
import { gif, jpeg, png, webp } from '../prompt/pictures.js'

describe('the head of an image', () => {
  it.each([
    ['image/png', png(640, 480)],
    ['image/jpeg', jpeg(640, 480)],
    ['image/webp', webp(640, 480)],
    ['image/gif', gif(640, 480)],
  ])('tells an %s and its size', (type, bytes) => {
    expect(readImageHead(bytes)).toEqual({ type, width: 640, height: 480 })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\n')],
    [
      'an SVG, which the API does not take',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
    ['a BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60, 1)])],
    ['sound in the same container as WebP', Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1')],
    ['a name alone', Buffer.from('PNG')],
  ])('is none for %s', (_what, bytes) => {
    expect(readImageType(bytes)).toBeUndefined()
    expect(readImageHead(bytes)).toBeUndefined()
  })

  it('has no size where the image breaks off before it', () => {
    expect(readImageType(png(9, 9).subarray(0, 12))).toBe('image/png')
    expect(readImageHead(png(9, 9).subarray(0, 12))).toBeUndefined()
    expect(readImageHead(png(0, 9))).toBeUndefined()
  })
})
