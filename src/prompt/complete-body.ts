import type { CompletedBody } from '../core/model.js'
import { type ImageFile, toBase64Length } from './image-files.js'
import type { Room } from './room.js'

/** Most characters of images that are held at once, in bodies about to be sent or in flight. */
export const heldCharacters = 256 * 1024 * 1024

/**
 * Puts the images into a body where their references stand. Inside a text a quote is escaped, so that a reference
 * between two bare quotes is never a part of one.
 */
export const completeBody = async (body: string, shown: readonly ImageFile[], room: Room): Promise<CompletedBody> => {
  const release = await room.take(shown.reduce((sum, { bytes }) => sum + toBase64Length(bytes), 0))
  try {
    let whole = body
    for (const file of new Map(shown.map(image => [image.reference, image])).values()) {
      const bytes = await file.read()
      if ('code' in bytes) {
        release()
        return { fault: bytes }
      }
      const url = `"data:${file.content.type};base64,${bytes.toString('base64')}"`
      whole = whole.replaceAll(`"${file.reference}"`, () => url)
    }
    return { body: whole, release }
  } catch (error) {
    release()
    throw error
  }
}
