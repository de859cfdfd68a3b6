import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { type ImageHead, readImageHead, readImageType } from '../core/image-head.js'
import type { ImageContent } from '../core/image-reference.js'

/** What a file holds that is an image, and its size. */
export interface FileContent extends ImageContent {
  readonly bytes: number
}

const pieceBytes = 256 * 1024
/** The size of most images stands in their first piece; of a JPEG with much before it, further on. */
const mostHeadBytes = 4 * 1024 * 1024

interface Read {
  readonly start: Buffer
  readonly sha256: string
  readonly bytes: number
}

/** Reads a file to its end; keeps its beginning. Stops at the first piece when that is no image's. */
const readThrough = async (handle: FileHandle): Promise<Read | undefined> => {
  const hash = createHash('sha256')
  const pieces: Buffer[] = []
  let bytes = 0
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, bytes)
    if (bytesRead === 0) break
    const piece = buffer.subarray(0, bytesRead)
    if (bytes === 0 && readImageType(piece) === undefined) return undefined
    if (bytes < mostHeadBytes) pieces.push(piece)
    bytes += bytesRead
    hash.update(piece)
  }
  return { start: Buffer.concat(pieces), sha256: hash.digest('hex'), bytes }
}

/** Reads an image to its end, in pieces; undefined when it is none. Of another file only the first piece is read. */
export const readContent = async (file: string): Promise<FileContent | undefined> => {
  const handle = await open(file, 'r')
  try {
    const read = await readThrough(handle)
    const head: ImageHead | undefined =
      read && (readImageHead(read.start.subarray(0, pieceBytes)) ?? readImageHead(read.start))
    return read && head && { ...head, sha256: read.sha256, bytes: read.bytes }
  } finally {
    await handle.close()
  }
}

/** Reads so much of a file and no more, whatever it has grown to. */
export const readUpTo = async (file: string, bytes: number): Promise<Buffer> => {
  const handle = await open(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(bytes)
    let read = 0
    for (let more = 1; more > 0 && read < bytes; read += more) {
      more = (await handle.read(buffer, read, bytes - read, read)).bytesRead
    }
    return buffer.subarray(0, read)
  } finally {
    await handle.close()
  }
}
