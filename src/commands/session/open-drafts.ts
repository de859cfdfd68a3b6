import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { createDrafts, type Drafts } from '../../prompt/drafts.js'
import { createImageFiles, createImageMemory, type ImageFiles } from '../../prompt/image-files.js'
import { openImageFolders } from '../../prompt/image-folders.js'
import type { FilesOf } from '../../prompt/row-images.js'
import type { OpenedSource } from './open-source.js'
import type { RunSettings } from './settings.js'

/** The folder that the paths in rows count from that are no file. */
const workingFolder = (): string => path.resolve()

/** The folders that the paths in a file count from: its own, and where the file is a link, then that of the real file. */
const foldersOf = async (file: string): Promise<readonly [string, ...string[]]> => [
  path.dirname(path.resolve(file)),
  path.dirname(await realpath(file)),
]

/**
 * The folders beside the inputs' own that images may be read from, so that they are still found when the same rows are
 * read again from another working folder, or from their copy.
 */
export const imageRootsOf = ({ requests, imageRoot }: RunSettings, source: OpenedSource): readonly string[] | null => {
  if (requests.images === undefined) return null
  const roots = (imageRoot ?? []).map(root => path.resolve(root))
  return source.spooled ? [workingFolder(), ...roots] : roots
}

/** A row's images lie beside its own input: that of a stranger does not open the folder of another. */
const openImages = async ({ input, spooled }: OpenedSource, roots: readonly string[]): Promise<FilesOf> => {
  const memory = createImageMemory()
  const opened = new Map<string, ImageFiles>()
  const byFile: ImageFiles[] = []
  for (const file of input.files) {
    const [own, ...others] = spooled ? [workingFolder()] : await foldersOf(file.path)
    const folders = JSON.stringify([own, others])
    const files = opened.get(folders) ?? createImageFiles(await openImageFolders(own, [...others, ...roots]), memory)
    opened.set(folders, files)
    byFile.push(files)
  }
  return ({ index }) => {
    const files = byFile[input.fileOf(index)]
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
