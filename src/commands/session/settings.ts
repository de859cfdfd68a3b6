import { PromptmillError } from '../../core/errors.js'
import type { Judge } from '../../core/judge.js'
import type { JsonObject } from '../../core/model.js'
import { splitNames } from '../../core/name-list.js'
import { flagName, type OptionsOf } from '../../core/option-spec.js'
import { toSettings } from '../../core/option-values.js'
import { type RunFlagSettings, runOptions } from '../../core/options.js'
import type { NamedFile } from '../../input/expand-paths.js'
import type { AddedShape } from '../../output/columns.js'
import { fieldsOf } from '../../prompt/answer-form.js'
import type { PromptSettings } from '../../prompt/drafts.js'
import { toParams } from '../../prompt/params.js'
import type { ImageSettings } from '../../prompt/row-images.js'
import type { NamedText } from '../../prompt/templates.js'
import type { EndSignals } from '../interrupted.js'
import { readAnswerRules, type SchemaOption } from './answer-form.js'
import { readMessageTemplates } from './message-file.js'
import { readTextFile } from './text-file.js'

/**
 * Where the rows come from: a file, or several by path or pattern, a stream of bytes such as standard input, or objects
 * from a program.
 */
export type RowSource =
  | string
  | readonly string[]
  | { readonly files: readonly NamedFile[] }
  | { readonly bytes: AsyncIterable<Uint8Array> }
  | Iterable<JsonObject>
  | AsyncIterable<JsonObject>

/** The flags by their camelCase names. A program gives a schema as a file or as it is. */
export interface GivenFlags extends Omit<OptionsOf<typeof runOptions>, 'schema'> {
  /**
   * What every answer must fit: the path of a JSON Schema, the schema itself, or one of a validation library such as Zod,
   * by the Standard Schema interface.
   */
  readonly schema?: SchemaOption | undefined
}

/** What a caller gives to `run`: the flags, the rows, and the key. */
export interface RunOptions extends GivenFlags, EndSignals {
  /** Path of a CSV, TSV, JSONL or JSON file, a list of paths and patterns, or any (async) iterable of objects, one a row. */
  readonly input: RowSource
  /** The API key; by default the environment's OPENAI_API_KEY. Held in memory alone. */
  readonly apiKey?: string | undefined
}

/** Every option checked and complete. */
export interface RunSettings extends RunFlagSettings {
  readonly requests: PromptSettings
  /** What answers must be; undefined where text will do. */
  readonly judge: Judge | undefined
}

/** What the results of a run with these settings add to a row. */
export const addedShape = ({ outputPrefix: prefix = '', select, requests }: RunSettings): AddedShape => ({
  select,
  prefix,
  fields: fieldsOf(requests.answers),
})

/** A template as its file holds it, without the line break at its end. */
const readTemplate = async (flag: string, file: string): Promise<string> =>
  (await readTextFile(flag, file)).replace(/\r?\n$/, '')

const readNamedText = async (settings: RunFlagSettings, key: 'prompt' | 'system'): Promise<NamedText | undefined> => {
  const text = settings[key]
  const file = settings[`${key}File`]
  const name = flagName(key)
  if (text !== undefined && file !== undefined) {
    throw new PromptmillError('bad_flag', `${name} and ${name}-file are both given`, { hint: 'Give one of them' })
  }
  if (file !== undefined) return { name: `${name}-file ${file}`, source: await readTemplate(`${name}-file`, file) }
  return text === undefined ? undefined : { name, source: text }
}

/** Every answer that is asked for again is one more send that is billed, and there is one limit for all of those. */
const checkRetries = ({ retries, retryInvalid }: RunFlagSettings): void => {
  if (retryInvalid <= retries) return
  throw new PromptmillError('bad_flag', `--retry-invalid ${retryInvalid} is more than --retries ${retries}`, {
    hint: `A row is sent at most 1 + --retries times in all: give --retries ${retryInvalid} as well`,
  })
}

/** What goes with a flag that is not given is a mistake, not a wish. */
const readImageSettings = ({ imageColumn, imageDetail, imageRoot }: RunFlagSettings): ImageSettings | undefined => {
  if (imageColumn !== undefined) return { columns: [...new Set(imageColumn)], detail: imageDetail }
  const key = imageDetail !== undefined ? 'imageDetail' : imageRoot !== undefined ? 'imageRoot' : undefined
  if (key === undefined) return undefined
  throw new PromptmillError('bad_flag', `${flagName(key)} is given without ${flagName('imageColumn')}`, {
    hint: `Name the column that holds the images with ${flagName('imageColumn')} COLUMN`,
  })
}

/**
 * Checks all options and reads the files they name.
 * @throws PromptmillError `bad_flag`, naming the flag; `bad_schema`, with the place in the schema
 */
export const toRunSettings = async (
  options: GivenFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunSettings> => {
  const { schema, ...given } = options
  const named = typeof schema === 'string' ? { ...given, schema } : given
  const flags = toSettings(runOptions, named, env)
  checkRetries(flags)
  const { form: answers, judge } = await readAnswerRules(flags, schema)
  const requests: PromptSettings = {
    prompt: await readNamedText(flags, 'prompt'),
    system: await readNamedText(flags, 'system'),
    messages: await readMessageTemplates(flags),
    images: readImageSettings(flags),
    model: flags.model,
    params: toParams(flags, answers !== undefined),
    maxTokensName: flags.maxTokensName,
    rowParams: flags.rowParams && splitNames(flags.rowParams),
    answers,
  }
  return { ...flags, requests, judge }
}
