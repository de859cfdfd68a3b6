import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { type FileLayer, withFile, writeWhole } from './file-layer.js'

/** The last resort: a file outside the run folder, for records that the journal could not take. */
export interface EmergencyFile {
  /** Appends journal lines, to the disk, and returns the file's path. Later calls add to the same file. */
  save(lines: readonly Buffer[]): Promise<string>
}

/** Nothing is created before there is something to save. The file is a journal segment like any other. */
export const createEmergencyFile = (files: FileLayer, folder: string): EmergencyFile => {
  const file = path.join(folder, `promptmill-${process.pid}-${randomBytes(6).toString('hex')}.jsonl`)
  let created = false
  let size = 0
  return {
    async save(lines) {
      const buffer = Buffer.concat(lines)
      // Exclusive at first: never through a link that another user has put there.
      await withFile(files, { path: file, flags: created ? 'r+' : 'wx' }, async fd => {
        created = true
        await writeWhole(files, fd, { buffer, position: size })
        await files.datasync(fd)
      })
      size += buffer.length
      return file
    },
  }
}
