import path from 'node:path'
import { systemCode } from '../core/errors.js'
import type { FileLayer } from './file-layer.js'

/** Makes a run folder if it is not there, for its owner alone, and its name durable. The folder above must exist. */
export const makeRunFolder = async (files: FileLayer, folder: string): Promise<void> => {
  try {
    await files.mkdir(folder, 0o700)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return
    throw error
  }
  await files.syncFolder(path.dirname(path.resolve(folder)))
}
