import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { PromptmillError } from '../core/errors.js'

/** A file and what people call it: the path as it was given, or "standard input". */
export interface NamedFile {
  readonly path: string
  readonly name: string
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

const holdsPattern = (word: string): boolean => /[*?[{]/.test(word)

/** Whether a path is a pattern: it holds `*`, `?`, `[` or `{`, and no file has just that name. */
export const isPattern = async (word: string): Promise<boolean> => holdsPattern(word) && !(await exists(word))

const noMatch = (word: string): PromptmillError =>
  new PromptmillError('bad_input', `No file matches ${word}`, {
    hint: 'Check the spelling; a relative pattern starts at the folder the command runs in. Results of earlier runs are left out',
  })

const byName = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const match = async (word: string, leaveOut: LeaveOut): Promise<string[]> => {
  const { glob } = await import('tinyglobby')
  // In a pattern a backslash escapes; on Windows it is what people write between folders.
  const pattern = process.platform === 'win32' ? word.replaceAll('\\', '/') : word
  const options = { absolute: path.isAbsolute(word), expandDirectories: false, dot: false }
  const matches = (await glob(pattern, options)).toSorted(byName)
  const kept: string[] = []
  for (const file of matches) if (!(await leaveOut(file))) kept.push(file)
  if (kept.length === 0) throw noMatch(word)
  return kept
}

/** Says which files a pattern never means, such as results of an earlier run. */
type LeaveOut = (file: string) => Promise<boolean> | boolean

/**
 * Turns paths and patterns into the files they name, in the order given and those of one pattern by name. A file that
 * is named twice is taken once.
 * @throws PromptmillError `bad_input` for a pattern that matches nothing
 */
export const expandPaths = async (words: readonly string[], leaveOut: LeaveOut): Promise<readonly NamedFile[]> => {
  const files = new Map<string, NamedFile>()
  for (const word of words) {
    const names = (await isPattern(word)) ? await match(word, leaveOut) : [word]
    for (const name of names) {
      const place = await realpath(name).catch(() => path.resolve(name))
      if (!files.has(place)) files.set(place, { path: name, name })
    }
  }
  return [...files.values()]
}
