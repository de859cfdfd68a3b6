import fs from 'node:fs'
import path from 'node:path'
import type { FileCall } from './watched-files.js'

/**
 * What a machine that loses its power would find on its disk: of each file what was synced, under the names that the
 * folder had when it was last synced. A file whose sync failed once is never durable again beyond what it was: the
 * kernel may have dropped the pages, and a later sync reports success without them.
 */
export const createPowerLoss = (folder: string) => {
  const contents = new Map<number, Buffer>()
  const lost = new Set<number>()
  let names = new Map<string, number>()

  return {
    /** Tells of a sync that failed. */
    failed(call: FileCall): void {
      if (call.fd !== undefined) lost.add(fs.fstatSync(call.fd).ino)
    },
    after(call: FileCall): void {
      if (call.operation === 'datasync' && call.fd !== undefined) {
        const { ino } = fs.fstatSync(call.fd)
        if (!lost.has(ino)) contents.set(ino, fs.readFileSync(call.path))
      }
      if (call.operation === 'syncFolder' && call.path === folder) {
        names = new Map(fs.readdirSync(folder).map(name => [name, fs.statSync(path.join(folder, name)).ino]))
      }
    },
    /** Writes what would be left into another folder. */
    restore(target: string): void {
      for (const [name, ino] of names) fs.writeFileSync(path.join(target, name), contents.get(ino) ?? '')
    },
  }
}
