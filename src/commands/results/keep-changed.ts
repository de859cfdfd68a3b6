import { constants, copyFile, link, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Replacement } from '../../output/results-file.js'

const noteName = 'written.json'

/** How a file looks that nobody has written to since: renaming it changes nothing of that. */
const look = async (file: string): Promise<string> => {
  const { size, mtimeNs } = await stat(file, { bigint: true })
  return `${size} ${mtimeNs}`
}

/** How results looked that promptmill wrote; undefined where no session has noted it. */
const readNote = async (folder: string): Promise<readonly string[] | undefined> => {
  try {
    const looks: unknown = JSON.parse(await readFile(path.join(folder, noteName), 'utf8'))
    return Array.isArray(looks) ? looks.map(String) : undefined
  } catch {
    return undefined
  }
}

/** Keeps a file inside the run folder. It stays where it is as well, until another takes its place at once. */
const keep = async (file: string, folder: string): Promise<string> => {
  const names = await readdir(folder)
  const { ext } = path.parse(file)
  let name = `changed${ext}`
  for (let count = 2; names.includes(name); count++) name = `changed-${count}${ext}`
  const kept = path.join(folder, name)
  // A link to the results may lead to another disk, and not every file system has hard links.
  await link(file, kept).catch(() => copyFile(file, kept, constants.COPYFILE_EXCL))
  return kept
}

/**
 * Results that somebody changed are written anew all the same, since the journal is the truth: this keeps them first, as
 * an evening's work in a spreadsheet may be in them.
 * @param onKept told where
 */
export const keepChanged =
  (folder: string, onKept: (kept: string) => void) =>
  async ({ target, temporary }: Replacement): Promise<void> => {
    const standing = await look(target).catch(() => undefined)
    const ours = await readNote(folder)
    if (standing !== undefined && ours?.includes(standing) === false) onKept(await keep(target, folder))
    // Both, since a kill may come before the one has taken the place of the other.
    await writeFile(path.join(folder, noteName), JSON.stringify([standing, await look(temporary)]), { mode: 0o600 })
  }
