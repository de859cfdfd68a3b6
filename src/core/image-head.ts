import { loadPackage } from './load-package.js'

/** The kinds of image that the API takes (OpenAI guide "Images and vision", section "Image input requirements"). */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'

/** What an image says of itself at its beginning. Sides in pixels. */
export interface ImageHead {
  readonly type: ImageType
  readonly width: number
  readonly height: number
}

/** Loaded with the first image: most runs show none. */
const imageSize = (start: Uint8Array): { readonly width: number; readonly height: number } => {
  const { imageSize: measure } = loadPackage('image-size') as typeof import('image-size')
  return measure(start)
}

/** How many bytes of an image `readImageType` needs. */
export const signatureBytes = 12

/**
 * The kind of an image by its first bytes, whatever its name says; undefined for anything that the API does not take
 * (PNG specification, 5.2; JPEG, ITU-T T.81, B.1.1.3; WebP Container Specification, "WebP File Header"; GIF89a, 17).
 */
export const readImageType = (start: Uint8Array): ImageType | undefined => {
  const text = Buffer.from(start.subarray(0, signatureBytes)).toString('latin1')
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp'
  return text.startsWith('GIF87a') || text.startsWith('GIF89a') ? 'image/gif' : undefined
}

/**
 * Kind and size of an image by its beginning. Undefined when it is no image that the API takes, or when its size stands
 * further on: a JPEG may have a preview before it.
 */
export const readImageHead = (start: Uint8Array): ImageHead | undefined => {
  const type = readImageType(start)
  if (type === undefined) return undefined
  try {
    const { width, height } = imageSize(start)
    return width > 0 && height > 0 ? { type, width, height } : undefined
  } catch {
    return undefined
  }
}
