import { PromptmillError, systemCode } from '../core/errors.js'

/** There is no room for the bytes: the disk is full, or the user's quota of it is. */
export const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')

const causes = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file reached the size limit'],
  ['EROFS', 'the file system is read-only'],
  ['EIO', 'the disk reports an error'],
  ['ENOENT', 'the folder is gone'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
])

/** `the disk is full (ENOSPC)`: the reason of a failed file operation in words. */
export const describeCause = (error: unknown): string => {
  const code = systemCode(error)
  const cause = code === undefined ? undefined : causes.get(code)
  if (cause !== undefined) return `${cause} (${code})`
  return code ?? (error instanceof Error ? error.message : String(error))
}

/** What to do about a failure. The limit of a file's size is set for the process: nothing is wrong with the disk. */
export const remedyFor = (error: unknown, remedy: string): string =>
  systemCode(error) === 'EFBIG' ? "Raise the limit of a file's size (ulimit -f)" : remedy

/** A file operation failed: what was being done, and why it could not be. */
export const diskFailure = (what: string, cause: unknown, hint?: string): PromptmillError =>
  new PromptmillError('disk', `${what}: ${describeCause(cause)}`, { ...(hint === undefined ? {} : { hint }), cause })

/** The same for the errors of the system alone: one that says what to do, or that is a bug, stays as it is. */
export const asDiskFailure = (what: string, cause: unknown): unknown =>
  cause instanceof PromptmillError || systemCode(cause) === undefined ? cause : diskFailure(what, cause)
