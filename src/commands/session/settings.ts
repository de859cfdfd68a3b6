import { readFile } from 'node:fs/promises'
import { PromptmillError, systemCode } from '../../core/errors.js'
import type { JsonObject } from '../../core/model.js'
import { flagName, type OptionsOf } from '../../core/option-spec.js'
import { toSettings } from '../../core/option-values.js'
import { type RunFlagSettings, runOptions } from '../../core/options.js'
import type { NamedText, PromptSettings } from '../../prompt/drafts.js'
import { toParams } from '../../prompt/params.js'
import type { EndSignals } from '../interrupted.js'

/** Where the rows come from: a file, a stream of bytes such as standard input, or objects from a program. */
export type RowSource =
  | string
  | { readonly bytes: AsyncIterable<Uint8Array> }
  | Iterable<JsonObject>
  | AsyncIterable<JsonObject>

/** What a caller gives to `run`: the flags by their camelCase names, the rows, and the key. */
export interface RunOptions extends OptionsOf<typeof runOptions>, EndSignals {
  /** Path of a CSV, TSV or JSONL file, or any (async) iterable of objects, one a row. */
  readonly input: RowSource
  /** The API key; by default the environment's OPENAI_API_KEY. Held in memory alone. */
  readonly apiKey?: string | undefined
}

/** Every option checked and complete. */
export interface RunSettings extends RunFlagSettings {
  readonly requests: PromptSettings
}

const readTextFile = async (flag: string, file: string): Promise<string> => {
  try {
    const text = await readFile(file, 'utf8')
    return text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new PromptmillError('bad_flag', `${flag} ${file} cannot be read (${systemCode(cause) ?? 'unknown reason'})`, {
      cause,
    })
  }
}

const readNamedText = async (settings: RunFlagSettings, key: 'prompt' | 'system'): Promise<NamedText | undefined> => {
  const text = settings[key]
  const file = settings[`${key}File`]
  const name = flagName(key)
  if (text !== undefined && file !== undefined) {
    throw new PromptmillError('bad_flag', `${name} and ${name}-file are both given`, { hint: 'Give one of them' })
  }
  if (file !== undefined) return { name: `${name}-file ${file}`, source: await readTextFile(`${name}-file`, file) }
  return text === undefined ? undefined : { name, source: text }
}

/**
 * Checks all options and reads the files they name.
 * @throws PromptmillError `bad_flag`, naming the flag
 */
export const toRunSettings = async (
  options: OptionsOf<typeof runOptions>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunSettings> => {
  const flags = toSettings(runOptions, options, env)
  const requests: PromptSettings = {
    prompt: await readNamedText(flags, 'prompt'),
    system: await readNamedText(flags, 'system'),
    model: flags.model,
    params: toParams(flags),
  }
  return { ...flags, requests }
}
