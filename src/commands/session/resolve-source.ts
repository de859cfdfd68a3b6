import { stat } from 'node:fs/promises'
import { expandPaths, isPattern, type NamedFile } from '../../input/expand-paths.js'
import { runFolderOf } from './output-path.js'
import type { RowSource } from './settings.js'

/** Rows that come once: bytes such as those of standard input, or objects from a program. */
export type Stream = Exclude<RowSource, string | readonly string[] | { readonly files: readonly NamedFile[] }>

/** What a source of rows comes down to. Several files may be one: a pattern that matches a single one gives the same columns. */
export type ResolvedSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'several'; readonly files: readonly NamedFile[] }
  | { readonly kind: 'stream'; readonly stream: Stream }

/** A file that has a run folder beside it holds results: they are never meant by a pattern. */
const isResults = (file: string): Promise<boolean> =>
  stat(runFolderOf(file)).then(
    facts => facts.isDirectory(),
    () => false,
  )

const resolvePaths = async (paths: readonly string[]): Promise<ResolvedSource> => {
  const [first = '', ...others] = paths
  if (others.length === 0 && !(await isPattern(first))) return { kind: 'file', path: first }
  return { kind: 'several', files: await expandPaths(paths, isResults) }
}

const isPaths = (from: Exclude<RowSource, string>): from is readonly string[] =>
  Array.isArray(from) && from.length > 0 && from.every(item => typeof item === 'string')

const isFiles = (from: Exclude<RowSource, string>): from is { readonly files: readonly NamedFile[] } =>
  'files' in from && Array.isArray(from.files)

/**
 * Finds out what is to be read; patterns are expanded.
 * @throws PromptmillError `bad_input` for a pattern that matches nothing
 */
export const resolveSource = async (from: RowSource): Promise<ResolvedSource> => {
  if (typeof from === 'string') return resolvePaths([from])
  if (isPaths(from)) return resolvePaths(from)
  return isFiles(from) ? { kind: 'several', files: from.files } : { kind: 'stream', stream: from }
}

/** What rows are called in a report, before any is read. */
export const nameSource = (from: RowSource): string => {
  if (typeof from === 'string') return from
  if (isPaths(from)) return from.join(', ')
  return isFiles(from) ? from.files.map(({ name }) => name).join(', ') : 'the rows given'
}
