import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { systemCode } from '../core/errors.js'
import { type ImageContent, writeImageReference } from '../core/image-reference.js'
import type { RowFault } from '../core/model.js'
import { type FileContent, readContent, readUpTo } from './image-bytes.js'
import { imageFault, notAnImage } from './image-cells.js'
import type { ImageFolders } from './image-folders.js'

/** An image on disk that a row names. */
export interface ImageFile {
  readonly name: string
  readonly content: ImageContent
  /** Stands for it in a body. */
  readonly reference: string
  /** Its size. */
  readonly bytes: number
  /** Reads it whole. It is a fault when it no longer is what it was. */
  read(): Promise<Buffer | RowFault>
}

/** The images on disk that rows of one input may name. */
export interface ImageFiles {
  /** Reads an image to its end for its hash, in pieces. What was read lately and looks unchanged is not read again. */
  look(name: string): Promise<ImageFile | RowFault>
}

/** What a request may weigh (OpenAI guide "Images and vision", section "Image input requirements"). */
export const mostPayloadBytes = 512_000_000

/** How many characters so many bytes are in Base64. */
export const toBase64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4

export const tooLarge = 'the images are larger than the 512 MB that a request takes, in Base64'

/** So many images are remembered, so that what the planning has read need not be read again for the sending. */
const mostRemembered = 10_000

interface Remembered {
  /** What changes when somebody writes to the file. */
  readonly stamp: string
  readonly content: FileContent | undefined
}

/** Remembers the files that were asked for last, of all inputs of a run. */
export const createImageMemory = () => {
  const known = new Map<string, Remembered>()
  return {
    find: (file: string, stamp: string): Remembered | undefined => {
      const found = known.get(file)
      return found?.stamp === stamp ? found : undefined
    },
    keep(file: string, remembered: Remembered): void {
      known.delete(file)
      known.set(file, remembered)
      if (known.size <= mostRemembered) return
      const [oldest = ''] = known.keys()
      known.delete(oldest)
    },
  }
}

/** Images in the given folders. */
export const createImageFiles = (
  { locate }: ImageFolders,
  memory: ReturnType<typeof createImageMemory> = createImageMemory(),
): ImageFiles => {
  /** A system error is a fault of the image: what can happen between one step and the next. */
  const reach = async <T>(name: string, work: (file: string) => Promise<T | RowFault>): Promise<T | RowFault> => {
    const file = await locate(name)
    if (typeof file !== 'string') return file
    try {
      return await work(file)
    } catch (error) {
      const code = systemCode(error)
      if (code === undefined) throw error
      return imageFault('image_missing', `an image cannot be read (${code})`, name)
    }
  }
  /** Located anew: a link may lead elsewhere by now. */
  const readAgain = (name: string, { bytes, sha256 }: FileContent): Promise<Buffer | RowFault> =>
    reach(name, async file => {
      const data = await readUpTo(file, bytes + 1)
      const same = createHash('sha256').update(data).digest('hex') === sha256
      return same ? data : imageFault('image_changed', 'an image changed while the run was going on', name)
    })
  const inspect = async (file: string, name: string): Promise<ImageFile | RowFault> => {
    const info = await stat(file, { bigint: true })
    // Asked before it is opened: a pipe would wait for its writer.
    if (!info.isFile()) return imageFault('image_missing', 'an image is not a file', name)
    if (toBase64Length(Number(info.size)) > mostPayloadBytes) return imageFault('image_too_large', tooLarge, name)
    const stamp = `${info.dev}:${info.ino}:${info.size}:${info.mtimeNs}:${info.ctimeNs}`
    const known = memory.find(file, stamp)
    const { content } = known ?? { content: await readContent(file) }
    if (known === undefined) memory.keep(file, { stamp, content })
    if (content === undefined) return imageFault('image_invalid', notAnImage, name)
    const reference = writeImageReference(content)
    return { name, content, reference, bytes: content.bytes, read: () => readAgain(name, content) }
  }
  return { look: name => reach(name, file => inspect(file, name)) }
}
