import type { CompletedBody } from '../core/model.js'
import { type ImageFile, toBase64Length } from './image-files.js'
import type { Room } from './room.js'

/** Most bytes of images that are held at once, in bodies about to be sent or in flight. */
export const heldBytes = 128 * 1024 * 1024

/** What stands before, between and after the given texts, each looked for behind the one before it. */
const splitAt = (text: string, marks: readonly string[]): readonly string[] => {
  const pieces: string[] = []
  let from = 0
  for (const mark of marks) {
    const at = text.indexOf(mark, from)
    if (at === -1) throw new Error('an image is not where its request shows it')
    pieces.push(text.slice(from, at))
    from = at + mark.length
  }
  return [...pieces, text.slice(from)]
}

/** Joined as bytes: a text of this length would be held twice, once more as what goes over the wire. */
const join = (pieces: readonly string[], urls: readonly Buffer[]): Buffer =>
  Buffer.concat(pieces.flatMap((piece, index) => [Buffer.from(piece), urls[index] ?? Buffer.alloc(0)]))

/**
 * Puts the images into a body where their references stand. Inside a text a quote is escaped, so that a reference
 * between two bare quotes is never a part of one.
 * @param shown the images in the order in which the body shows them
 */
export const completeBody = async (body: string, shown: readonly ImageFile[], room: Room): Promise<CompletedBody> => {
  const release = await room.take(shown.reduce((sum, { bytes }) => sum + toBase64Length(bytes), 0))
  try {
    const urls = new Map<string, Buffer>()
    for (const { reference, content, read } of shown) {
      if (urls.has(reference)) continue
      const bytes = await read()
      if ('code' in bytes) {
        release()
        return { fault: bytes }
      }
      urls.set(reference, Buffer.from(`"data:${content.type};base64,${bytes.toString('base64')}"`, 'latin1'))
    }
    const marks = shown.map(({ reference }) => `"${reference}"`)
    const whole = join(
      splitAt(body, marks),
      shown.flatMap(({ reference }) => urls.get(reference) ?? []),
    )
    return { body: whole, release }
  } catch (error) {
    release()
    throw error
  }
}
