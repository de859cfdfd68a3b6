import { type ErrorCode, PromptmillError, systemCode } from './errors.js'

/** Why a file cannot be read, and what to do about it. */
export interface Unreadable {
  readonly what: string
  readonly hint: string
}

const noSuchFile = 'there is no such file'
const denied: Unreadable = {
  what: 'permission to read it is denied',
  hint: 'Give yourself permission to read the file',
}
const tooManyOpen: Unreadable = {
  what: 'too many files are open',
  hint: 'Raise the limit on open files (ulimit -n)',
}

/** By the system error's code. */
const reasons: Readonly<Record<string, Unreadable>> = {
  ENOENT: {
    what: noSuchFile,
    hint: 'Check the spelling; a relative path starts at the folder the command runs in',
  },
  ENOTDIR: { what: noSuchFile, hint: 'A part of the path before the last is a file, not a folder' },
  EACCES: denied,
  EPERM: denied,
  EISDIR: { what: 'it is a folder', hint: 'Name a file in it' },
  ELOOP: { what: 'its links lead in a circle', hint: 'Name the file itself' },
  ENAMETOOLONG: { what: 'no name of a file is that long', hint: 'Give the path of a file, not what it holds' },
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
}

/** Why a file cannot be read, by what the system said; in words for every reason that a user brings about. */
export const whyUnreadable = (error: unknown): Unreadable => {
  const code = systemCode(error) ?? 'unknown error'
  return reasons[code] ?? { what: `reading it failed (${code})`, hint: 'Check the disk, then run the command again' }
}

/** A file that cannot be read, by what people call it, such as `--schema s.json`. */
export const unreadableNamedFile = (code: ErrorCode, name: string, cause: unknown): PromptmillError => {
  const { what, hint } = whyUnreadable(cause)
  return new PromptmillError(code, `${name} cannot be read: ${what}`, { hint, cause })
}
