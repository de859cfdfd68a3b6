import { mkdir, readdir, rename } from 'node:fs/promises'
import path from 'node:path'

/**
 * Moves a journal out of the way, into a folder of its own inside the run folder: nothing is deleted.
 * Returns the folder's name.
 */
export const setJournalAside = async (folder: string, label: string): Promise<string> => {
  const names = await readdir(folder)
  let name = label
  for (let count = 2; names.includes(name); count++) name = `${label}-${count}`
  await mkdir(path.join(folder, name), { mode: 0o700 })
  for (const file of names.filter(entry => entry.startsWith('journal-'))) {
    await rename(path.join(folder, file), path.join(folder, name, file))
  }
  return name
}
