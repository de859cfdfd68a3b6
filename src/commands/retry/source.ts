import { stat } from 'node:fs/promises'
import path from 'node:path'
import { PromptmillError } from '../../core/errors.js'
import { flagName } from '../../core/option-spec.js'
import type { NamedFile } from '../../input/expand-paths.js'
import type { Manifest } from '../../journal/manifest.js'
import type { RowSource } from '../session/settings.js'

/** Where a run's rows are now. */
export interface MovedSource {
  readonly source: RowSource
  /** What people call it, where it is not the place the run read them from: then its rows have to be the same. */
  readonly movedTo: string | undefined
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

/** Where a file would be if it had moved along with the results; undefined when nothing can tell. */
const besideResults = (file: string, { output }: Manifest, folder: string): string | undefined => {
  if (output === null) return undefined
  return path.resolve(path.dirname(path.resolve(folder)), path.relative(path.dirname(output), file))
}

const findFile = async (
  file: NamedFile,
  manifest: Manifest,
  folder: string,
): Promise<NamedFile & { readonly moved: boolean }> => {
  if (await isThere(file.path)) return { ...file, moved: false }
  const beside = besideResults(file.path, manifest, folder)
  if (beside !== undefined && (await isThere(beside))) return { path: beside, name: file.name, moved: true }
  throw new PromptmillError('bad_input', `${file.path}, an input of this run, is not there`, {
    hint: `Say where it is now: ${flagName('input')} FILE`,
  })
}

/**
 * Finds the rows of a run: where the user says they are, where they were, or where they are if the whole folder moved.
 * @throws PromptmillError `bad_input` when they are nowhere, `bad_flag` when they cannot have moved
 */
export const findSource = async (
  manifest: Manifest,
  folder: string,
  given: string | undefined,
): Promise<MovedSource> => {
  const { input } = manifest
  if (input.spooled) {
    if (given === undefined) return { source: path.join(folder, path.basename(input.path)), movedTo: undefined }
    throw new PromptmillError('bad_flag', `${flagName('input')}: the rows of this run came from ${input.name}`, {
      hint: `Their copy in ${folder} is read; leave the flag out`,
    })
  }
  if (given !== undefined) return { source: given, movedTo: given }
  const files: (NamedFile & { readonly moved: boolean })[] = []
  for (const file of input.files ?? [input]) files.push(await findFile(file, manifest, folder))
  const movedTo = files.find(file => file.moved)?.path
  const [first] = files
  if (input.files !== undefined || first === undefined) return { source: { files }, movedTo }
  return { source: first.path, movedTo }
}
