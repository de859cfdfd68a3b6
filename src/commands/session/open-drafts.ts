import path from 'node:path'
import { createDrafts, type Drafts } from '../../prompt/drafts.js'
import { createImageFiles, createImageMemory, type ImageFiles } from '../../prompt/image-files.js'
import { openImageFolders } from '../../prompt/image-folders.js'
import type { FilesOf } from '../../prompt/row-images.js'
import type { OpenedSource } from './open-source.js'
import type { RunSettings } from './settings.js'

/** The folder that the paths in each file of an input count from: its own, or the working folder for rows that are no file. */
const foldersOf = ({ input, spooled }: OpenedSource): readonly string[] =>
  spooled ? [path.resolve()] : input.files.map(file => path.dirname(path.resolve(file.path)))

/**
 * The folders beside the inputs' own that images may be read from, so that they are still found when the same rows are
 * read again from another working folder, or from their copy.
 */
export const imageRootsOf = ({ requests, imageRoot }: RunSettings, source: OpenedSource): readonly string[] | null => {
  if (requests.images === undefined) return null
  const roots = (imageRoot ?? []).map(root => path.resolve(root))
  return source.spooled ? [...foldersOf(source), ...roots] : roots
}

/** A row's images lie beside its own input: that of a stranger does not open the folder of another. */
const openImages = async (source: OpenedSource, roots: readonly string[]): Promise<FilesOf> => {
  const memory = createImageMemory()
  const folders = foldersOf(source)
  const opened = new Map<string, ImageFiles>()
  for (const folder of new Set(folders)) {
    opened.set(folder, createImageFiles(await openImageFolders(folder, roots), memory))
  }
  const byFile = folders.flatMap(folder => opened.get(folder) ?? [])
  return ({ index }) => {
    const files = byFile[source.input.fileOf(index)]
    if (files === undefined) throw new RangeError(`row ${index} is of no file`)
    return files
  }
}

/**
 * Compiles the way from an input's rows to their requests, and opens the folders that its images may lie in.
 * @throws PromptmillError `bad_template`, `bad_flag`
 */
export const openDrafts = async (settings: RunSettings, source: OpenedSource): Promise<Drafts> => {
  const { requests, imageRoot = [] } = settings
  if (requests.images === undefined) return createDrafts(requests, source.input)
  return createDrafts(requests, source.input, await openImages(source, imageRoot))
}
