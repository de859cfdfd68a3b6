import path from 'node:path'
import { systemCode } from '../core/errors.js'
import { type FileLayer, systemFiles, withFile, writeWhole } from './file-layer.js'

/** Room set aside on the disk, to be given up when the disk is full: what is in flight then still fits. */
export interface Reserve {
  /** Gives the room back; false when there is none left to give. */
  release(): Promise<boolean>
}

const chunkBytes = 2 ** 20

const pathOf = (folder: string): string => path.join(folder, 'reserve')

/** Zeros that are written, not a hole: only written blocks are surely allocated. */
const fill = async (files: FileLayer, fd: number, bytes: number): Promise<void> => {
  for (let position = 0; position < bytes; position += chunkBytes) {
    await writeWhole(files, fd, { buffer: Buffer.alloc(Math.min(chunkBytes, bytes - position)), position })
  }
  await files.datasync(fd)
}

/**
 * Allocates `bytes` in the file `reserve` of a run folder. 0 sets nothing aside.
 * @throws the system error when there is no room even now
 */
export const createReserve = async (files: FileLayer, folder: string, bytes: number): Promise<Reserve> => {
  const file = pathOf(folder)
  let held = bytes > 0
  if (held) await withFile(files, { path: file, flags: 'w' }, fd => fill(files, fd, bytes))
  return {
    async release() {
      if (!held) return false
      held = false
      try {
        await files.unlink(file)
        return true
      } catch (error) {
        // Somebody else deleted it: the room is free all the same.
        return systemCode(error) === 'ENOENT'
      }
    },
  }
}

/** Gives back what a killed session had set aside. Never rejects: it is room, not data. */
export const dropReserve = async (folder: string): Promise<void> => {
  await systemFiles.unlink(pathOf(folder)).catch(() => undefined)
}
