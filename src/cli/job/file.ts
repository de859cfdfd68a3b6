import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { inputOf, optionsOf, outputOf } from '../../commands/session/manifest-job.js'
import { PromptmillError } from '../../core/errors.js'
import { unreadableNamedFile } from '../../core/unreadable.js'
import { type Manifest, readManifest } from '../../journal/manifest.js'
import { jobOptions } from './keys.js'
import { type JobEntry, type JobValues, readValues } from './values.js'

const bad = (message: string, hint?: string, cause?: unknown): PromptmillError =>
  new PromptmillError('bad_config', message, hint === undefined ? { cause } : { hint, cause })

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw unreadableNamedFile('bad_config', `--config ${file}`, cause)
  }
}

const form =
  'It holds a key and its value on each line, such as model: gpt-4o-mini; a text with a colon or braces needs quotes'

/** Written into JSON files for editors. */
const ignoredKeys = ['$schema']

/** Reads a file of YAML, of which JSON is a part: its keys in order, each with its line. */
const parseEntries = async (text: string, file: string): Promise<readonly JobEntry[]> => {
  // Loaded here and not at the top: most commands are given flags alone.
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const lineAt = (offset: number | undefined): number => lines.linePos(offset ?? 0).line
  // Quiet: a template without its quotes is a map with a map for a key, which is told below.
  const quiet = { prettyErrors: false, logLevel: 'error' } as const
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, ...quiet })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) throw bad(`${file}, line ${lineAt(problem.pos[0])}: ${problem.message}`, form)
  const { contents } = document
  if (!isMap(contents)) throw bad(`${file} holds no job`, form)
  return contents.items.flatMap(({ key, value }) => {
    const line = lineAt(isNode(key) ? key.range?.[0] : undefined)
    const name = isScalar(key) ? String(key.value) : ''
    if (ignoredKeys.includes(name)) return []
    try {
      return [{ key: name, value: isNode(value) ? (value.toJS(document) as unknown) : value, line }]
    } catch (cause) {
      throw bad(`${file}, line ${line}: the value of ${name} cannot be read`, form, cause)
    }
  })
}

/** What is decided once, for one session, and is no part of a job. */
const decidedOnce = ['overwrite', 'changed']

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    facts => facts.isFile(),
    () => false,
  )

/** The job of a run that has been: its settings, its input, the prices that it keeps, and its results to go on with. */
const readManifestJob = async (manifest: Manifest, folder: string): Promise<JobValues> => {
  const settings = Object.entries(optionsOf(manifest)).filter(
    ([option]) => Object.hasOwn(jobOptions, option) && !decidedOnce.includes(option),
  )
  const input = inputOf(manifest, folder)
  const files = typeof input === 'string' ? [{ path: input, name: manifest.input.name }] : input.files
  const prices = path.join(folder, 'prices.json')
  return {
    ...Object.fromEntries(settings),
    ...((await isFile(prices)) ? { prices } : {}),
    // By the name it was given, where that still leads to it: rows of several files carry it as their source.
    input: files.map(file => (path.resolve(file.name) === path.resolve(file.path) ? file.name : file.path)),
    output: outputOf(manifest, folder),
  }
}

const manifestKeys = ['format', 'tool', 'settings', 'input']

/**
 * Reads a job file, or the manifest in a run's folder.
 * @throws PromptmillError `bad_config` with file and line
 */
export const readJobFile = async (file: string): Promise<JobValues> => {
  const entries = await parseEntries(await readText(file), file)
  const isManifest = manifestKeys.every(key => entries.some(entry => entry.key === key))
  const folder = path.dirname(file)
  const manifest = isManifest ? await readManifest(folder) : undefined
  return manifest === undefined ? readValues(entries, file) : readManifestJob(manifest, folder)
}
