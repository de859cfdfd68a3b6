import { createHash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { unreadableFile } from './file.js'

/**
 * How a file looks, cheaply: two equal ones mean that it has not changed between two passes, short of somebody who
 * writes into its middle and sets its time back.
 */
export interface InputFingerprint {
  readonly bytes: number
  /** When it was last modified, in epoch milliseconds. */
  readonly modified_ms: number
  /** SHA-256 of its first and last 64 KiB, in hexadecimal. */
  readonly digest: string
}

const sampleBytes = 64 * 1024

const readAt = async (handle: FileHandle, start: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/**
 * Takes the fingerprint of a file.
 * @throws PromptmillError `bad_input` when it cannot be read
 */
export const fingerprintFile = async (path: string): Promise<InputFingerprint> => {
  try {
    const handle = await open(path)
    try {
      const { size, mtimeMs } = await handle.stat()
      const hash = createHash('sha256')
      hash.update(await readAt(handle, 0, Math.min(size, sampleBytes)))
      hash.update(await readAt(handle, Math.max(size - sampleBytes, 0), Math.min(size, sampleBytes)))
      return { bytes: size, modified_ms: Math.trunc(mtimeMs), digest: hash.digest('hex') }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadableFile(path, error)
  }
}

/** Whether two fingerprints are those of one unchanged file. */
export const sameFingerprint = (one: InputFingerprint, other: InputFingerprint): boolean =>
  one.bytes === other.bytes && one.modified_ms === other.modified_ms && one.digest === other.digest

/** Whether size and time of the file are still those of the fingerprint: cheap enough to ask between batches of rows. */
export const looksUnchanged = async (path: string, fingerprint: InputFingerprint): Promise<boolean> => {
  const facts = await stat(path).catch(() => undefined)
  return facts?.size === fingerprint.bytes && Math.trunc(facts.mtimeMs) === fingerprint.modified_ms
}
