import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import type { Row } from '../../src/core/model.js'
import { type InputOptions, openInput } from '../../src/input/open.js'

/** A fresh folder for each test. */
export interface Workspace {
  readonly folder: string
  path(name: string): string
  write(name: string, content: string | Uint8Array): Promise<string>
}

export const useWorkspace = (): Workspace => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptmill-input-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  const locate = (name: string): string => path.join(folder, name)
  return {
    get folder() {
      return folder
    },
    path: locate,
    async write(name, content) {
      await writeFile(locate(name), content)
      return locate(name)
    },
  }
}

/** Every row of a file, batches joined. */
export const readAll = async (file: string, options: InputOptions = {}): Promise<Row[]> => {
  const rows: Row[] = []
  for await (const batch of (await openInput(file, options)).rows()) rows.push(...batch)
  return rows
}

/** The error that a promise is rejected with; fails when it is none that a user can act on. */
export const failureOf = async (work: Promise<unknown>): Promise<PromptmillError> => {
  const outcome = await work.then(
    () => 'no error',
    (error: unknown) => error,
  )
  if (outcome instanceof PromptmillError) return outcome
  throw new Error(`expected a PromptmillError, got ${String(outcome)}`)
}

/** Bytes in pieces of a given length. */
export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += length) yield Buffer.from(bytes.subarray(from, from + length))
}
