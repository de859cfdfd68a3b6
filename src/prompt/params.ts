import { explainReserved, type LimitName, limitNames } from '../core/api-params.js'
import { PromptmillError } from '../core/errors.js'
import { notGiven } from '../core/given-value.js'
import type { JsonObject, JsonValue } from '../core/model.js'

/** The flags that become API parameters. */
export interface ParamFlags {
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly maxTokens?: number | undefined
  readonly maxTokensName: LimitName
  readonly seed?: number | undefined
  readonly reasoningEffort?: string | undefined
  readonly param?: readonly string[] | undefined
}

/**
 * Reads one --param.
 * @throws PromptmillError `bad_flag` when it is not KEY=JSON, or is reserved
 */
export const parseParam = (text: string): readonly [string, JsonValue] => {
  const at = text.indexOf('=')
  const key = text.slice(0, at)
  if (at < 1) {
    throw new PromptmillError('bad_flag', `--param needs KEY=JSON${notGiven(text)}`, {
      hint: 'For example --param presence_penalty=0.5',
    })
  }
  const hint = key === 'model' ? 'Use --model' : explainReserved(key)
  if (hint !== undefined) throw new PromptmillError('bad_flag', `--param cannot set ${key}`, { hint })
  try {
    return [key, JSON.parse(text.slice(at + 1)) as JsonValue]
  } catch (cause) {
    throw new PromptmillError('bad_flag', `--param ${key}: the value is not JSON`, {
      hint: `A text needs quotes of its own, as in --param '${key}="text"'`,
      cause,
    })
  }
}

/**
 * The API parameters that every request of a run carries, but for what answers are asked to be.
 * @param answersAreJson whether --schema or --json-mode says that already
 * @throws PromptmillError `bad_flag` for a --param that is not KEY=JSON, is reserved, or is set twice
 */
export const toParams = (flags: ParamFlags, answersAreJson = false): JsonObject => {
  const params = new Map<string, JsonValue>()
  const set = (key: string, value: JsonValue | undefined): void => {
    if (value === undefined) return
    if (params.has(key)) throw new PromptmillError('bad_flag', `The parameter ${key} is set twice`)
    params.set(key, value)
  }
  set('temperature', flags.temperature)
  set('top_p', flags.topP)
  set(flags.maxTokensName, flags.maxTokens)
  set('seed', flags.seed)
  set('reasoning_effort', flags.reasoningEffort)
  for (const text of flags.param ?? []) set(...parseParam(text))
  if (limitNames.every(name => params.has(name))) {
    throw new PromptmillError('bad_flag', `${limitNames.join(' and ')} are two names of one limit, and both are set`, {
      hint: 'Give --max-tokens alone, with --max-tokens-name for endpoints that know only the older name',
    })
  }
  if (answersAreJson && params.has('response_format')) {
    throw new PromptmillError('bad_flag', '--param response_format is given beside --schema or --json-mode', {
      hint: 'They set response_format: leave the --param out',
    })
  }
  // Entries, not a literal: a key named __proto__ must stay a key.
  return Object.fromEntries(params)
}
