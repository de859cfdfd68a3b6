import path from 'node:path'
import { PromptmillError } from '../../core/errors.js'
import { isObject } from '../../core/json-object.js'
import { meantName } from '../../core/meant-name.js'
import { type OptionSpec, takesPath } from '../../core/option-spec.js'
import { checkValue, describeNumber } from '../../core/option-values.js'
import { exampleFor } from './examples.js'
import { findOption, isTemplate, jobKeys, keyName } from './keys.js'

/** A key of a job file with its value, and the line on which it stands. */
export interface JobEntry {
  readonly key: string
  readonly value: unknown
  readonly line: number
}

/** The values of a job by the options' names, ready to stand for flags; `input` is a list of paths. */
export type JobValues = Readonly<Record<string, unknown>>

const seeHelp = 'Keys are input and the flags of promptmill run --help, without their dashes'

const hintFor = (key: string): string => {
  const kebab = keyName(key)
  const meant = jobKeys.includes(kebab) ? kebab : meantName(kebab, jobKeys)
  if (meant !== undefined) return `Did you mean ${meant}?`
  return /key/i.test(key) ? 'The API key comes from OPENAI_API_KEY, never from a file like this' : seeHelp
}

const unknownKey = (key: string): PromptmillError =>
  new PromptmillError('bad_config', `there is no key ${JSON.stringify(key.slice(0, 60))}`, { hint: hintFor(key) })

const wrong = (key: string, problem: string, hint: string): PromptmillError =>
  new PromptmillError('bad_config', `${key} ${problem}`, { hint })

/** A path as it stands in the file, seen from where the program runs. A dash, and a list written out, are no paths. */
const placePath = (folder: string, value: unknown): unknown =>
  typeof value !== 'string' || value === '-' || value.startsWith('[') || path.isAbsolute(value)
    ? value
    : path.join(folder, value)

const placePaths = (folder: string, value: unknown): unknown =>
  Array.isArray(value) ? value.map(item => placePath(folder, item)) : placePath(folder, value)

const readInput = (value: unknown, folder: string): readonly unknown[] => {
  const inputs = Array.isArray(value) ? value : [value]
  if (inputs.length === 0 || inputs.some(input => typeof input !== 'string' || input === '')) {
    throw wrong('input', 'needs a path, or a list of paths', exampleFor('input'))
  }
  return inputs.map(input => placePath(folder, input))
}

/** What a key takes beside the form of its flag, brought into that form. */
const unfold = (option: string, value: unknown): unknown => {
  if (option === 'param' && isObject(value)) {
    return Object.entries(value).map(([name, item]) => `${name}=${JSON.stringify(item)}`)
  }
  if (option === 'messages' && Array.isArray(value)) return JSON.stringify(value)
  return isTemplate(option) && typeof value === 'string' ? value.replace(/\r?\n$/, '') : value
}

/** YAML tells texts from numbers and truth values; a model called 4, or a prompt that says yes, needs its quotes. */
const checkForm = (key: string, spec: OptionSpec, value: unknown): void => {
  const items = spec.type === 'list' && Array.isArray(value) ? value : [value]
  const example = exampleFor(key, spec)
  if (spec.type === 'boolean' && typeof value !== 'boolean') throw wrong(key, 'is true or false', example)
  if (spec.type === 'number' && typeof value === 'object') throw wrong(key, `needs ${describeNumber(spec)}`, example)
  if (spec.type !== 'string' && spec.type !== 'list') return
  const plain = items.find(item => typeof item === 'number' || typeof item === 'boolean')
  if (plain !== undefined)
    throw wrong(key, 'needs a text: put it in quotes', `Write it like ${key}: "${String(plain)}"`)
  if (items.some(item => typeof item !== 'string')) {
    throw wrong(key, spec.type === 'list' ? 'needs a text, or a list of texts' : 'needs a text', example)
  }
}

const readValue = ({ key, value }: JobEntry, folder: string): readonly [option: string, value: unknown] => {
  if (key === 'input') return [key, readInput(value, folder)]
  const found = findOption(key)
  if (found === undefined) throw unknownKey(key)
  const { option, spec } = found
  if (value === null || value === undefined) throw wrong(key, 'has no value', exampleFor(key, spec))
  // A schema may stand in the file itself.
  if (option === 'schema' && isObject(value)) return [option, value]
  const unfolded = unfold(option, value)
  checkForm(key, spec, unfolded)
  const checked = checkValue(option, spec, unfolded)
  return [option, takesPath(spec) ? placePaths(folder, checked) : checked]
}

/**
 * Checks the entries of a job file by the table that the flags are checked by, and finds its paths from the file's
 * folder.
 * @param file path of the job file
 * @throws PromptmillError `bad_config` with file and line
 */
export const readValues = (entries: readonly JobEntry[], file: string): JobValues => {
  const values: Record<string, unknown> = {}
  for (const entry of entries) {
    try {
      const [option, value] = readValue(entry, path.dirname(file))
      values[option] = value
    } catch (error) {
      if (!(error instanceof PromptmillError)) throw error
      const { hint = exampleFor(entry.key, findOption(entry.key)?.spec) } = error
      throw new PromptmillError('bad_config', `${file}, line ${entry.line}: ${error.message}`, { hint })
    }
  }
  return values
}
