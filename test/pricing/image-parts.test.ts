import { describe, expect, it } from 'vitest'
import { findImages, imageMargin, measureImage } from '../../src/pricing/image-parts.js'
import { jpegUrl, pngUrl } from './images.js'

const gif = `data:image/gif;base64,${Buffer.from('GIF89a\x00\x04\x00\x04\x00\x00\x00', 'latin1').toString('base64')}`

describe('measureImage', () => {
  it.each<[string, unknown, string, number, string]>([
    ['a PNG by its size', { url: pngUrl(512, 512) }, 'gpt-4o', 255, 'measured'],
    ['a JPEG by its size', { url: jpegUrl(1024, 1024) }, 'gpt-4o', 765, 'measured'],
    ['a JPEG with a large preview before it', { url: jpegUrl(1024, 1024, 200_000) }, 'gpt-4o', 765, 'measured'],
    ['a GIF by its size', { url: gif }, 'gpt-4o', 765, 'measured'],
    ['an image at low detail', { url: pngUrl(4000, 4000), detail: 'low' }, 'gpt-4o', 85, 'measured'],
    ['a URL in place of an object', pngUrl(512, 512), 'gpt-4o', 255, 'measured'],
    ['an image behind a URL', { url: 'https://example.com/cat.png' }, 'gpt-4o', 765, 'assumed'],
    ['an image for a model without a known rule', { url: pngUrl(512, 512) }, 'my-own-model', 255, 'assumed'],
    ['data that are no image', { url: 'data:image/png;base64,AAAA' }, 'gpt-4o', 765, 'broken'],
    [
      'an image of another kind',
      { url: `data:image/bmp;base64,${Buffer.from('BM').toString('base64')}` },
      'gpt-4o',
      765,
      'broken',
    ],
    ['nothing at all', undefined, 'gpt-4o', 765, 'assumed'],
  ])('takes %s', (_title, image, model, tokens, basis) => {
    const part = JSON.parse(JSON.stringify({ type: 'image_url', image_url: image })) as Record<string, never>
    expect(measureImage(part, model)).toEqual({ tokens, basis })
  })
})

describe('imageMargin', () => {
  const far = 'https://example.com/cat.png'
  it.each<[string, unknown, string, number | undefined]>([
    ['behind a URL, the largest that the model takes', { url: far }, 'gpt-4o', 1445 - 765],
    ['behind a URL, at low detail', { url: far, detail: 'low' }, 'gpt-4o', 0],
    ['behind a URL, for a model that takes any size', { url: far }, 'gpt-5.6-sol', undefined],
    ['behind a URL, for a model without a known rule', { url: far }, 'my-own-model', 0],
    ['of a known size', { url: pngUrl(512, 512) }, 'gpt-5.6-sol', 0],
    ['of no known kind', { url: 'data:image/png;base64,AAAA' }, 'gpt-5.6-sol', 0],
  ])('of an image %s', (_title, image, model, margin) => {
    const part = JSON.parse(JSON.stringify({ type: 'image_url', image_url: image })) as Record<string, never>
    expect(imageMargin(part, model)).toBe(margin)
  })
})

describe('findImages', () => {
  it('finds the image parts of all messages', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com' } }
    const text = { type: 'text', text: 'what is it?' }
    const messages = [{ role: 'system', content: 'look' }, { role: 'user', content: [text, image, image] }, null]
    expect(findImages({ messages })).toEqual([image, image])
    expect(findImages({})).toEqual([])
  })
})
