import path from 'node:path'
import { readImageType, signatureBytes } from '../core/image-head.js'
import type { RowFault } from '../core/model.js'
import { showShort } from '../core/short-text.js'

/** An image as a cell names it: by a URL that is sent as it is, or by the path of a file. */
export type ImageSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly name: string }

/** A fault of one image: `message` tells the kind, `name` which. */
export const imageFault = (code: RowFault['code'], message: string, name: string): RowFault => ({
  code,
  message,
  detail: showShort(name),
})

export const notAnImage = 'an image is no PNG, JPEG, WEBP or GIF'

const dataUrl = /^data:[^,]*;base64,/i

const checkDataUrl = (url: string): RowFault | undefined => {
  const head = dataUrl.exec(url)?.[0]
  if (head === undefined) return imageFault('image_invalid', 'the data URL of an image is not in Base64', url)
  const start = Buffer.from(url.slice(head.length, head.length + 2 * signatureBytes), 'base64')
  return readImageType(start) === undefined ? imageFault('image_invalid', notAnImage, url) : undefined
}

/** A scheme has at least two letters: one alone is a drive of Windows. */
const scheme = /^([a-z][a-z0-9+.-]+):/i
const drive = /^[a-z]:/i

/** Folders are seldom deeper; a cell may hold anything. */
const longestFolder = 400

/** A name that is not relative, with how to write it; `file` is the path that it holds. */
const notRelative = (name: string, file: string): RowFault => {
  const fault = imageFault('image_outside', 'an image is not named by a path relative to the folder of the input', name)
  if (!path.win32.isAbsolute(file)) return fault
  const { basename, dirname } = file.startsWith('/') ? path.posix : path.win32
  const way = `${showShort(basename(file))} with --image-root ${showShort(dirname(file), longestFolder)}`
  return {
    ...fault,
    hint: `Name images by paths relative to the input, or, if you trust it, to a further folder: ${way}`,
  }
}

const readSource = (name: string): ImageSource | RowFault => {
  const kind = scheme.exec(name)?.[1]?.toLowerCase()
  switch (kind) {
    case 'http':
    case 'https':
      return URL.canParse(name)
        ? { kind: 'url', url: name }
        : imageFault('image_invalid', 'an image has no valid URL', name)
    case 'data':
      return checkDataUrl(name) ?? { kind: 'url', url: name }
    case 'file':
      return notRelative(name, name.replace(/^file:(?:\/\/)?/i, ''))
    case undefined:
      break
    default:
      return imageFault('image_invalid', 'the URL of an image is neither http(s) nor data', name)
  }
  // On Windows a path with a slash at its start is absolute too.
  return path.win32.isAbsolute(name) || drive.test(name) ? notRelative(name, name) : { kind: 'file', name }
}

const parseList = (cell: string): unknown => {
  if (!cell.startsWith('[')) return undefined
  try {
    return JSON.parse(cell)
  } catch {
    // The name of a file may begin with a bracket.
    return undefined
  }
}

/** The names in a cell: of a JSON list its texts, otherwise what stands between the `|`. */
const splitCell = (cell: string): readonly string[] | RowFault => {
  const list = parseList(cell)
  const names: readonly unknown[] = Array.isArray(list) ? list : cell.split('|')
  const texts = names.filter(name => typeof name === 'string')
  if (texts.length < names.length) return imageFault('image_invalid', 'a list of images holds more than texts', cell)
  return texts.map(name => name.trim()).filter(name => name !== '')
}

/**
 * Reads the images that a cell names: one, several with `|` between them, or a JSON list of texts. A URL that holds a
 * `|` of its own goes into a list. An empty cell names none.
 */
export const readImageCell = (cell: string): readonly ImageSource[] | RowFault => {
  const names = splitCell(cell.trim())
  if ('code' in names) return names
  const sources: ImageSource[] = []
  for (const name of names) {
    const source = readSource(name)
    if ('code' in source) return source
    sources.push(source)
  }
  return sources
}
