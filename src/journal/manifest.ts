import { mkdir, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { PromptmillError, systemCode } from '../core/errors.js'

/** The manifest's own format number; a newer one than this is refused. */
const manifestFormat = 1

const manifestName = 'manifest.json'

/** A file of the input, and how it looked. */
export interface ManifestFile {
  /** Absolute path of the file that was read; inside the run folder for rows from standard input or a program. */
  readonly path: string
  /** What it was called when it was given. */
  readonly name: string
  readonly bytes: number
  readonly modified_ms: number
  readonly digest: string
}

/** What a run was made of: enough to resume it, to re-run what failed, and to check its bill. Holds no key. */
export interface Manifest {
  readonly format: number
  readonly tool: string
  /** ISO dates of the first and of the latest session. */
  readonly created_at: string
  readonly updated_at: string
  /** Answers come from the built-in simulator: they cost nothing and never stand for real ones. */
  readonly simulated: boolean
  readonly base_url: string
  readonly input: ManifestFile & {
    readonly spooled: boolean
    /** All files, where there are several; the fields beside it are those of the first. */
    readonly files?: readonly ManifestFile[]
  }
  /** Absolute path of the results, null for standard output. */
  readonly output: string | null
  /** Every option of the run by its name in the library, templates as text. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Where the rates come from, and the day they were looked up for. */
  readonly prices: { readonly source: string; readonly date: string }
}

/** The manifest as a caller gives it: dates, format and tool are filled in. */
export type ManifestFacts = Omit<Manifest, 'format' | 'tool' | 'created_at' | 'updated_at'>

/**
 * Reads a run folder's manifest; undefined when there is none.
 * @throws PromptmillError `not_a_run` when it cannot be understood
 */
export const readManifest = async (folder: string): Promise<Manifest | undefined> => {
  const file = path.join(folder, manifestName)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw new PromptmillError('not_a_run', `${file} cannot be read (${systemCode(error) ?? 'unknown reason'})`, {
      cause: error,
    })
  }
  let manifest: Manifest
  try {
    manifest = JSON.parse(text) as Manifest
  } catch (cause) {
    throw new PromptmillError('not_a_run', `${file} is not valid JSON`, {
      hint: 'The journal beside it is untouched. Remove the manifest and give the same run command again',
      cause,
    })
  }
  if (manifest.format > manifestFormat) {
    throw new PromptmillError('not_a_run', `${file} was written by a newer version (${manifest.tool})`, {
      hint: 'Update promptmill, or give another --output',
    })
  }
  return manifest
}

/** Writes the manifest whole or not at all: temporary file, sync, rename. */
export const writeManifest = async (
  folder: string,
  facts: ManifestFacts,
  { tool, now, earlier }: { tool: string; now: Date; earlier: Manifest | undefined },
): Promise<void> => {
  const date = now.toISOString()
  const manifest: Manifest = {
    format: manifestFormat,
    tool,
    created_at: earlier?.created_at ?? date,
    updated_at: date,
    ...facts,
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // One name for all sessions, of which one at a time holds the folder: what a killed one left behind is written over.
  const temporary = path.join(folder, `.${manifestName}.tmp`)
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path.join(folder, manifestName))
}
