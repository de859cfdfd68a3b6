import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { PromptmillError, systemCode } from '../core/errors.js'
import { whyUnreadable } from '../core/unreadable.js'

/** A file that rows are read from. */
export interface InputFile {
  readonly path: string
  /** What people call it: its path, or "standard input". */
  readonly name: string
  /** Size on disk, compressed if it is. */
  readonly bytes: number
  /** Told by the first two bytes, whatever the name says (RFC 1952 section 2.3.1). */
  readonly gzip: boolean
}

/** Told how many bytes of the file were read since the last call. */
export type OnBytes = (bytes: number) => void

/**
 * Bounds what is handed on at once: rows of a larger chunk outlive the young generation while they wait for their turn,
 * and are then collected late.
 */
const chunkBytes = 16 * 1024

/** What is read from the disk at once. Each reading is a turn of the event loop and a visit to another thread. */
const blockBytes = 64 * 1024

/** Of an input there may be several. */
const folderHint = "Name a file in it, or several by a pattern in quotes, such as 'data/*.csv'"

/** Why a file cannot be read, by the system error's code. */
export const unreadableFile = (name: string, error: unknown): PromptmillError => {
  const { what, hint } = whyUnreadable(error)
  const isFolder = systemCode(error) === 'EISDIR'
  return new PromptmillError('bad_input', `${name} cannot be read: ${what}`, {
    hint: isFolder ? folderHint : hint,
    cause: error,
  })
}

const refuse = (facts: Stats, name: string): void => {
  if (facts.isDirectory()) throw unreadableFile(name, Object.assign(new Error('folder'), { code: 'EISDIR' }))
  if (!facts.isFile()) {
    throw new PromptmillError('bad_input', `${name} is not a regular file`, {
      hint: 'It is read more than once. Pass - as the input and pipe the data into standard input',
    })
  }
  if (facts.size === 0) throw emptyInput(name)
}

/** An input without a single row and without a header. */
export const emptyInput = (name: string): PromptmillError =>
  new PromptmillError('bad_input', `${name} is empty`, {
    hint: 'A CSV or TSV file starts with a header line; a JSONL file has one object a line',
  })

const readMagic = async (handle: FileHandle): Promise<boolean> => {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
}

/**
 * Looks at a file before it is read.
 * @throws PromptmillError `bad_input` when it is missing, empty, not a regular file, or may not be read
 */
export const inspectFile = async (path: string, name: string): Promise<InputFile> => {
  try {
    // Before it is opened: opening a pipe would wait for a writer.
    refuse(await stat(path), name)
    const handle = await open(path)
    try {
      return { path, name, bytes: (await handle.stat()).size, gzip: await readMagic(handle) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw error instanceof PromptmillError ? error : unreadableFile(name, error)
  }
}

async function* readChunks(file: InputFile, onBytes: OnBytes | undefined): AsyncGenerator<Buffer> {
  const fail = (error: unknown): never => {
    throw unreadableFile(file.name, error)
  }
  const handle = await open(file.path).catch(fail)
  let length = chunkBytes
  try {
    for (;;) {
      // A buffer of its own for each block: parsers keep parts of it.
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, null).catch(fail)
      if (bytesRead === 0) return
      for (let from = 0; from < bytesRead; from += chunkBytes) {
        const to = Math.min(from + chunkBytes, bytesRead)
        onBytes?.(to - from)
        yield buffer.subarray(from, to)
      }
      // The beginning alone is often all that is wanted.
      length = blockBytes
    }
  } finally {
    await handle.close()
  }
}

const brokenGzip = (name: string, error: unknown): unknown => {
  const code = systemCode(error)
  if (code === undefined || !code.startsWith('Z_')) return error
  const short = code === 'Z_BUF_ERROR'
  return new PromptmillError(
    'bad_input',
    short
      ? `${name} is cut short: its compressed data ends too early`
      : `${name} is damaged: its gzip data is not valid`,
    { hint: 'Copy, download or compress the file again', cause: error },
  )
}

async function* inflate(file: InputFile, onBytes: OnBytes | undefined): AsyncGenerator<Buffer> {
  const packed = readChunks(file, onBytes)
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  // What goes wrong on the way destroys `gunzip` with it, and so is thrown below.
  pipeline(Readable.from(packed), gunzip, () => undefined)
  try {
    const chunks: AsyncIterable<Buffer> = gunzip
    for await (const chunk of chunks) yield chunk
  } catch (error) {
    throw brokenGzip(file.name, error)
  } finally {
    gunzip.destroy()
    // The pipeline ends the reading too, but does not wait until the file is closed.
    await packed.return(undefined)
  }
}

/**
 * Reads the bytes of a file from its start, decompressed. Pulled: nothing is read ahead of the reader but a chunk.
 * Ending the generator early closes the file.
 * @throws PromptmillError `bad_input` for data that is damaged or cut short
 */
export const readBytes = (file: InputFile, onBytes?: OnBytes): AsyncGenerator<Buffer> =>
  file.gzip ? inflate(file, onBytes) : readChunks(file, onBytes)
