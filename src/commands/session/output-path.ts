import path from 'node:path'
import { PromptmillError } from '../../core/errors.js'
import type { InputFormat } from '../../input/format.js'
import type { ResultsFormat } from '../../output/render-rows.js'
import type { ResolvedSource } from './resolve-source.js'

/** Where a run's results and its folder are. */
export interface OutputPlace {
  /** The results file; undefined for standard output. */
  readonly file: string | undefined
  readonly format: ResultsFormat
  /** The run folder: manifest, journal, lock, and the copy of a standard input. */
  readonly runFolder: string
}

const formats: Readonly<Record<string, ResultsFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

const runFolderSuffix = '.run'

/** The run folder that stands beside a results file. */
export const runFolderOf = (resultsFile: string): string => resultsFile + runFolderSuffix

const formatOf = (file: string): ResultsFormat => {
  const extension = path.extname(file).toLowerCase()
  const format = Object.hasOwn(formats, extension) ? formats[extension] : undefined
  if (format !== undefined) return format
  throw new PromptmillError('bad_output', `--output ${file}: the extension says no format`, {
    hint: 'End the name in .csv, .tsv or .jsonl',
  })
}

/** Of a JSON array the results are JSONL: they can be cut, joined and read a line at a time. */
const resultsFormatOf = (inputFormat: InputFormat): ResultsFormat => (inputFormat === 'json' ? 'jsonl' : inputFormat)

/** `dir/reviews.csv.gz` → `dir/reviews.results.csv`, `rows.json` → `rows.results.jsonl`. */
const besideInput = (input: string, fallback: ResultsFormat): string => {
  const plain = input.replace(/\.gz$/i, '')
  const extension = path.extname(plain)
  const known = Object.hasOwn(formats, extension.toLowerCase())
  const stem = known || extension.toLowerCase() === '.json' ? plain.slice(0, -extension.length) : plain
  return `${stem}.results${known ? extension : `.${fallback}`}`
}

const nameOutput = (): PromptmillError =>
  new PromptmillError('bad_output', 'The results of several inputs have no name of their own', {
    hint: 'Give one: --output all.results.csv',
  })

/** What the results of a source are called after; undefined for standard input or rows from a program. */
const namesake = (from: ResolvedSource): string | undefined => (from.kind === 'file' ? from.path : undefined)

const pathsOf = (from: ResolvedSource): readonly string[] => {
  if (from.kind === 'several') return from.files.map(file => file.path)
  return from.kind === 'file' ? [from.path] : []
}

/**
 * Decides where results go. Without `--output` they go beside the input, those of a standard input into the working
 * folder as `stdin.results.<ext>`.
 * @throws PromptmillError `bad_output` for an extension that names no format, for an input's own path, and for several
 * inputs without `--output`
 */
export const decideOutput = (
  output: string | undefined,
  from: ResolvedSource,
  inputFormat: InputFormat,
): OutputPlace => {
  if (from.kind === 'several' && output === undefined) throw nameOutput()
  const format = resultsFormatOf(inputFormat)
  const beside = besideInput(namesake(from) ?? (from.kind === 'several' ? 'inputs' : 'stdin'), format)
  if (output === '-') return { file: undefined, format, runFolder: runFolderOf(beside) }
  const file = output ?? beside
  if (pathsOf(from).some(input => path.resolve(input) === path.resolve(file))) {
    throw new PromptmillError('bad_output', `--output ${file} is the input itself`, { hint: 'Give another --output' })
  }
  return { file, format: formatOf(file), runFolder: runFolderOf(file) }
}
