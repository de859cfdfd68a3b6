import { readImageHead } from '../core/image-head.js'
import { readImageReference } from '../core/image-reference.js'
import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import { countImageTokens, findImageRule, type ImageSize, mostImageTokens } from './image-rules.js'

/** What an image part of a message takes, and how far that is known. */
export interface ImageTokens {
  readonly tokens: number
  /**
   * `measured`: by its size. `assumed`: behind a URL, or for a model whose rule is not known. `broken`: the data are no
   * image of a kind that the API takes.
   */
  readonly basis: 'measured' | 'assumed' | 'broken'
}

/** What an image is taken to be when its size is not known before it is sent. */
export const assumedImageSize: ImageSize = { width: 1024, height: 1024 }

/** Enough of an image for its size, most times; a JPEG may have a preview before it. In characters of Base64. */
const headCharacters = 87_384

const readSize = (base64: string): ImageSize | undefined => readImageHead(Buffer.from(base64, 'base64'))

const dataUrl = /^data:[^,]*;base64,/i

/** The size of an image in a data URL, or in what stands for one; undefined when it is no such image. */
const measureDataUrl = (url: string, head: string): ImageSize | undefined => {
  const file = readImageReference(url)
  if (file !== undefined) return file
  const base64 = url.slice(head.length)
  return readSize(base64.slice(0, headCharacters)) ?? (base64.length > headCharacters ? readSize(base64) : undefined)
}

/** The fields of an image part; `head` is what comes before its data, if it holds them itself. */
const readPart = ({ image_url: image }: JsonObject) => {
  const value = isObject(image) ? image['url'] : image
  const url = typeof value === 'string' ? value : ''
  const detail = isObject(image) && typeof image['detail'] === 'string' ? image['detail'] : undefined
  return { url, detail, head: dataUrl.exec(url)?.[0] }
}

/** Measures the image part of a message for a model. */
export const measureImage = (part: JsonObject, model: string): ImageTokens => {
  const { url, detail, head } = readPart(part)
  const size = head === undefined ? undefined : measureDataUrl(url, head)
  const { rule, known } = findImageRule(model)
  const tokens = countImageTokens(rule, size ?? assumedImageSize, detail)
  if (size === undefined && head !== undefined) return { tokens, basis: 'broken' }
  return { tokens, basis: size !== undefined && known ? 'measured' : 'assumed' }
}

/**
 * How many tokens more an image can take than `measureImage` takes it for: behind a URL it may be of any size. Undefined
 * where its model knows no largest one.
 */
export const imageMargin = (part: JsonObject, model: string): number | undefined => {
  const { detail, head } = readPart(part)
  const { rule, known } = findImageRule(model)
  // Of a model without a rule nothing better is known: what its first answer reports corrects what is reserved for others.
  if (head !== undefined || !known) return 0
  const most = mostImageTokens(rule, detail)
  return most === undefined ? undefined : most - countImageTokens(rule, assumedImageSize, detail)
}

/** The image parts of a chat completion's messages. */
export const findImages = (body: JsonObject): readonly JsonObject[] => {
  const messages = body['messages']
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message: JsonValue) => {
    const content = isObject(message) ? message['content'] : undefined
    const parts: readonly JsonValue[] = Array.isArray(content) ? content : []
    return parts.filter(isObject).filter(part => part['type'] === 'image_url')
  })
}
