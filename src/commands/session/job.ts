import { lstat, mkdir, realpath, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { PromptmillError, systemCode } from '../../core/errors.js'
import { sameFingerprint } from '../../input/fingerprint.js'
import { keepSteady, type SteadyInput } from '../../input/steady.js'
import { acquireLock, type Lock } from '../../journal/lock.js'
import { type Manifest, readManifest } from '../../journal/manifest.js'
import { dropReserve } from '../../journal/reserve.js'
import { copyOf, type OpenedSource, openFiles, openStream, streamFormat } from './open-source.js'
import { decideOutput, type OutputPlace } from './output-path.js'
import { resolveSource } from './resolve-source.js'
import type { RowSource, RunSettings } from './settings.js'

/** An input that ends the run when it changes. */
export interface SteadySource extends OpenedSource {
  readonly input: SteadyInput
}

/** One run on one output, held by one process: where it writes, what it reads, what was there before. */
export interface Job {
  readonly place: OutputPlace
  readonly folder: string
  readonly lock: Lock
  /** The manifest of an earlier session. */
  readonly earlier: Manifest | undefined
  readonly source: SteadySource
  /** Lets go of the output. Leaves nothing behind of a run that never began. */
  close(): Promise<void>
}

const refuse = (message: string, hint: string, cause?: unknown): PromptmillError =>
  new PromptmillError('bad_output', message, { hint, cause })

interface TargetFacts {
  /** Whether there is a run that it belongs to. */
  readonly owned: boolean
  readonly overwrite: boolean
  readonly folder: string
}

/** Looks before leaping: what stands where the results shall go. A link is followed, so that it stays one. */
const checkTarget = async (file: string, { owned, overwrite, folder }: TargetFacts): Promise<void> => {
  const info = await lstat(await realpath(file).catch(() => file)).catch(() => undefined)
  if (info === undefined) return
  if (!info.isFile()) {
    throw refuse(`--output ${file} is not a file`, 'Give the name of a file, or - for standard output')
  }
  if (owned || overwrite) return
  throw new PromptmillError('output_exists', `${file} exists, and there is no run in ${folder} that it belongs to`, {
    hint: 'If promptmill wrote it, put that folder back: it has the answers. Else give another --output, or --overwrite to replace it',
  })
}

const doNothing = (): void => undefined

/** Creates the run folder, readable by its owner alone. Returns whether it was not there before. */
const makeFolder = async (folder: string): Promise<boolean> => {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') {
      if ((await stat(folder)).isDirectory()) return false
      throw refuse(
        `${folder} is not a folder, and the run needs one of that name`,
        'Move it away, or give another --output',
      )
    }
    if (code === 'ENOENT') {
      throw refuse(`The folder ${path.dirname(folder)} does not exist`, 'Create it, or give another --output', error)
    }
    throw refuse(
      `Nothing can be written into ${path.dirname(folder)} (${code ?? 'unknown reason'})`,
      'Give another --output',
      error,
    )
  }
}

/**
 * Checks input and output and takes the run folder into possession.
 * @throws PromptmillError before anything is written where it does not belong: `bad_input`, `bad_output`,
 * `output_exists`, `locked`
 */
export const openJob = async (from: RowSource, settings: RunSettings): Promise<Job> => {
  const resolved = await resolveSource(from)
  // A file is looked at before the run folder is made: a misspelt name leaves no trace. A stream needs the folder.
  const format =
    resolved.kind === 'stream'
      ? streamFormat(resolved.stream, settings)
      : (await openFiles(resolved, settings)).input.format
  const place = decideOutput(settings.output, resolved, format)
  const { runFolder: folder } = place
  const known = await readManifest(folder)
  const { overwrite } = settings
  if (place.file !== undefined) await checkTarget(place.file, { owned: known !== undefined, overwrite, folder })
  const made = await makeFolder(folder)
  let lock: Lock | undefined
  const cleanUp = async (): Promise<void> => {
    await dropReserve(folder)
    if (!made || resolved.kind !== 'stream') return
    const began = await readManifest(folder).then(
      manifest => manifest !== undefined,
      () => true,
    )
    if (!began) await rm(copyOf(folder, format), { force: true })
  }
  const close = async (): Promise<void> => {
    // Whoever no longer has the lock leaves everything to whoever has it.
    if (lock !== undefined) await lock.verify().then(cleanUp, doNothing)
    await lock?.release()
    // Only an empty folder can be removed this way, which is what a run that never began leaves.
    if (made) await rmdir(folder).catch(() => undefined)
  }
  try {
    lock = await acquireLock(folder)
    const opened =
      resolved.kind === 'stream'
        ? await openStream(resolved.stream, settings, folder)
        : await openFiles(resolved, settings)
    const source = { ...opened, input: keepSteady(opened.input, opened.fingerprints) }
    return { place, folder, lock, earlier: await readManifest(folder), source, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether the input is not the one of the session before: in the same one nothing has moved. */
export const isOtherInput = ({ earlier, source: { fingerprints } }: Job): boolean => {
  if (earlier === undefined) return false
  const files = earlier.input.files ?? [earlier.input]
  return (
    files.length !== fingerprints.length ||
    files.some((file, place) => {
      const now = fingerprints[place]
      return now === undefined || !sameFingerprint(file, now)
    })
  )
}
