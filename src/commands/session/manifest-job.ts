import path from 'node:path'
import type { Manifest } from '../../journal/manifest.js'
import type { RowSource, RunOptions } from './settings.js'

/** The input of a run, wherever its folder is now. */
export const inputOf = ({ input }: Manifest, folder: string): Extract<RowSource, string | { files: unknown }> => {
  if (input.files !== undefined) return { files: input.files.map(file => ({ path: file.path, name: file.name })) }
  return input.spooled ? path.join(folder, path.basename(input.path)) : input.path
}

/** The results that belong to a run folder, wherever the folder is now. */
export const outputOf = (manifest: Manifest, folder: string): string =>
  manifest.output === null ? '-' : folder.replace(/\.run[\\/]*$/, '')

/** The options of a run, without input and output. */
export const optionsOf = (manifest: Manifest): Partial<RunOptions> =>
  Object.fromEntries(Object.entries(manifest.settings).filter(([, value]) => value !== null && value !== undefined))
