import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { PromptmillError, systemCode } from '../core/errors.js'
import type { RowFault } from '../core/model.js'
import { showShort } from '../core/short-text.js'
import { imageFault } from './image-cells.js'

/** Where images may lie: the input's folder, and those that the user adds. */
export interface ImageFolders {
  /**
   * The real path of an image named by a relative path: looked for in each folder, in their order. A path that leads out
   * of all of them, by `..` or by a link, is a fault.
   */
  locate(name: string): Promise<string | RowFault>
}

const isInside = (folder: string, file: string): boolean => {
  const way = path.relative(folder, file)
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)
}

const openRoot = async (folder: string): Promise<string> => {
  const real = await realpath(folder).catch(() => undefined)
  const info = real === undefined ? undefined : await stat(real).catch(() => undefined)
  if (real !== undefined && info?.isDirectory() === true) return real
  throw new PromptmillError('bad_flag', `--image-root ${folder} is not a folder`, {
    hint: 'Give the folder that holds the images',
  })
}

/**
 * Opens the folders that images may be read from. Links are followed first and judged by where they lead, on both sides.
 * @param base the input's folder
 * @param roots further folders, in which paths are looked for after it
 * @throws PromptmillError `bad_flag` for a root that is no folder
 */
export const openImageFolders = async (base: string, roots: readonly string[]): Promise<ImageFolders> => {
  const folders = [...new Set([await realpath(base), ...(await Promise.all(roots.map(openRoot)))])]
  const missing = `Images were looked for in ${folders.join(', then in ')}; --image-root DIR adds a folder`
  const opens = (file: string, name: string): string =>
    `If you trust the input, --image-root ${path.dirname(file)} opens the folder of ${showShort(name)}`
  return {
    async locate(name) {
      let fault: RowFault = { ...imageFault('image_missing', 'an image is not there', name), hint: missing }
      for (const folder of folders) {
        try {
          const real = await realpath(path.resolve(folder, name))
          if (folders.some(allowed => isInside(allowed, real))) return real
          const outside = imageFault('image_outside', 'an image lies outside the folder of the input', name)
          fault = { ...outside, hint: opens(real, name) }
        } catch (error) {
          const code = systemCode(error)
          if (code === 'ENOENT' || code === 'ENOTDIR' || fault.code === 'image_outside') continue
          fault = imageFault('image_missing', `an image cannot be read (${code ?? 'unknown reason'})`, name)
        }
      }
      return fault
    },
  }
}
