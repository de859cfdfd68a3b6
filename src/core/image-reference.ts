import type { ImageHead, ImageType } from './image-head.js'

/** An image file by its content: what it is, how large, and the SHA-256 of its bytes in hexadecimal. */
export interface ImageContent extends ImageHead {
  readonly sha256: string
}

/**
 * Stands in a body for the data URL of an image file until the body is sent: a data URL without its data, and with what
 * there is to know of them. So a request has its identity, its tokens and its price without the bytes.
 */
export const writeImageReference = ({ type, width, height, sha256 }: ImageContent): string =>
  `data:${type};width=${width};height=${height};sha256=${sha256};base64,`

const reference =
  /^data:(image\/(?:png|jpeg|webp|gif));width=([1-9]\d*);height=([1-9]\d*);sha256=([0-9a-f]{64});base64,$/

/** Reads what `writeImageReference` wrote; undefined for any other text. */
export const readImageReference = (url: string): ImageContent | undefined => {
  // References are short and data URLs are long: the expression need not look at those.
  const [, type, width, height, sha256 = ''] = url.length > 200 ? [] : (reference.exec(url) ?? [])
  if (type === undefined) return undefined
  return { type: type as ImageType, width: Number(width), height: Number(height), sha256 }
}
