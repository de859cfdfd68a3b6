import { access, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { PromptmillError, systemCode } from '../core/errors.js'

const diskError = (target: string, error: unknown): PromptmillError => {
  const code = systemCode(error) ?? 'unknown error'
  const why = code === 'ENOSPC' ? 'the disk is full' : code
  return new PromptmillError('disk', `The input cannot be copied to ${target}: ${why}`, {
    hint: 'Give an --output in a folder that can be written and has room for a copy of the input',
    cause: error,
  })
}

/** The kernel may take a part of the bytes only, without an error. */
const writeWhole = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, from, bytes.length - from)
    from += bytesWritten
  }
}

const syncFolder = async (folder: string): Promise<void> => {
  // Windows cannot open a folder; there the rename itself is what there is.
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

type Write = (bytes: Uint8Array) => Promise<void>

/** Writes through a temporary file in the same folder; keeps it as the target when `fill` says so. */
const replaceFile = async (target: string, fill: (write: Write) => Promise<boolean>): Promise<void> => {
  const folder = path.dirname(target)
  // One name for all sessions, of which one at a time holds the folder: what a killed one left behind goes first.
  const temporary = path.join(folder, `.${path.basename(target)}.tmp`)
  const fail = (error: unknown): never => {
    throw diskError(target, error)
  }
  await mkdir(folder, { recursive: true }).catch(fail)
  // Readable by its owner alone, since prompts may be confidential.
  await rm(temporary, { force: true }).catch(fail)
  const handle = await open(temporary, 'wx', 0o600).catch(fail)
  try {
    const keep = await fill(bytes => writeWhole(handle, bytes).catch(fail))
    if (keep) await handle.sync().catch(fail)
    await handle.close()
    if (keep) await rename(temporary, target).catch(fail)
    if (keep) await syncFolder(folder)
  } finally {
    // Closed twice does no harm; after the rename there is nothing to remove.
    await handle.close().catch(() => undefined)
    await rm(temporary, { force: true })
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/**
 * Copies a stream of bytes, such as standard input, into a file, so that it can be read more than once. The file
 * appears under its name only when it is complete and synced. A stream that brings nothing leaves a file that is there
 * already as it is: the same command without the data goes on with what was copied before.
 * @throws PromptmillError `disk` when the copy cannot be written; an error of the source passes through
 */
export const spoolStream = (source: AsyncIterable<Uint8Array>, target: string): Promise<void> =>
  replaceFile(target, async write => {
    let bytes = 0
    for await (const chunk of source) {
      await write(chunk)
      bytes += chunk.length
    }
    return bytes > 0 || !(await exists(target))
  })

const flushAt = 256 * 1024

const toLine = (row: unknown, index: number): string => {
  const refuse = (why: string, cause?: unknown): PromptmillError =>
    new PromptmillError('bad_input', `row ${index + 1} ${why}`, { hint: 'Each row must be a plain JSON object', cause })
  let text: string
  try {
    // Undefined for a function or a symbol, whatever the types say.
    text = JSON.stringify(row) ?? ''
  } catch (error) {
    throw refuse('cannot be written as JSON', error)
  }
  // Not on the value itself: it is its toJSON, if it has one, that speaks for it.
  if (!text.startsWith('{')) throw refuse('is not an object')
  return `${text}\n`
}

/**
 * Writes rows from a program into a file, an object a line, whole or not at all.
 * @throws PromptmillError `bad_input` for a row that is no object or cannot be written as JSON, `disk`; an error of the
 * source passes through
 */
export const spoolRows = (source: Iterable<unknown> | AsyncIterable<unknown>, target: string): Promise<void> =>
  replaceFile(target, async write => {
    let waiting = ''
    let index = 0
    for await (const row of source) {
      waiting += toLine(row, index++)
      if (waiting.length < flushAt) continue
      await write(Buffer.from(waiting))
      waiting = ''
    }
    await write(Buffer.from(waiting))
    return true
  })
