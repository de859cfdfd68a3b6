import { createHash } from 'node:crypto'
import { limitNames } from '../../core/api-params.js'
import { PromptmillError } from '../../core/errors.js'
import type { Override } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import { identitySettings } from '../plan/changed-settings.js'
import type { GivenFlags, RunSettings } from '../session/settings.js'

/** The API parameters that a flag sets, under all names that it may have. */
const paramNames: Readonly<Partial<Record<string, readonly string[]>>> = {
  temperature: ['temperature'],
  topP: ['top_p'],
  maxTokens: limitNames,
  seed: ['seed'],
  reasoningEffort: ['reasoning_effort'],
}

/** Flags that say the same thing in several ways: one of them, given anew, takes the place of the others. */
const otherWays: Readonly<Partial<Record<string, readonly string[]>>> = {
  prompt: ['promptFile', 'messages'],
  promptFile: ['prompt', 'messages'],
  system: ['systemFile', 'messages'],
  systemFile: ['system', 'messages'],
  messages: ['prompt', 'promptFile', 'system', 'systemFile'],
}

const keyOf = (param: string): string => param.slice(0, Math.max(0, param.indexOf('=')))

const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined && value !== null

/**
 * The run's flags with others in their place. A parameter that is given anew, by its own flag or by `--param`, replaces
 * the earlier one in whatever way that was given; the others stay.
 */
export const overrideFlags = (own: GivenFlags, given: GivenFlags): GivenFlags => {
  const news = Object.fromEntries(Object.entries(given).filter(isGiven))
  const newKeys = new Set([
    ...Object.keys(news).flatMap(flag => paramNames[flag] ?? []),
    ...(given.param ?? []).map(keyOf),
  ])
  const replaced = new Set(Object.keys(news).flatMap(flag => otherWays[flag] ?? []))
  for (const [flag, names] of Object.entries(paramNames)) {
    if (names?.some(name => (given.param ?? []).some(param => keyOf(param) === name))) replaced.add(flag)
  }
  const kept = Object.fromEntries(
    Object.entries(own).filter(entry => isGiven(entry) && entry[0] !== 'param' && !replaced.has(entry[0])),
  )
  const param = [...(own.param ?? []).filter(text => !newKeys.has(keyOf(text))), ...(given.param ?? [])]
  return { ...kept, ...news, ...(param.length === 0 ? {} : { param }) }
}

/** The settings of requests in which one run differs from another; undefined when in none. */
export const findOverride = (own: RunSettings, other: RunSettings): Override | undefined => {
  const before = identitySettings(own)
  const changed = Object.entries(identitySettings(other)).filter(
    ([flag, value]) => JSON.stringify(value) !== JSON.stringify(before[flag]),
  )
  // Settings are what JSON can hold: they come from flags, files and a manifest.
  return changed.length === 0 ? undefined : (Object.fromEntries(changed) as Override)
}

/** Longer texts are templates, which every record need not repeat. */
const longestText = 80

/** The same for the record of each request: a long text by its SHA-256. */
export const shorten = (override: Override): Override =>
  Object.fromEntries(
    Object.entries(override).map(([flag, value]) => {
      if (typeof value !== 'string' || value.length <= longestText) return [flag, value]
      return [flag, `sha256:${createHash('sha256').update(value).digest('hex')}`]
    }),
  )

const answerLimit = ({ requests: { params } }: RunSettings): number | undefined => {
  const limit = params['max_completion_tokens'] ?? params['max_tokens']
  return typeof limit === 'number' ? limit : undefined
}

/**
 * Answers that were cut at a limit would be cut there again.
 * @throws PromptmillError `bad_flag` when the limit is not larger than the run's own
 */
export const checkLimit = (own: RunSettings, other: RunSettings): void => {
  const before = answerLimit(own)
  const now = answerLimit(other)
  if (before === undefined || now === undefined || now > before) return
  const flag = flagName('maxTokens')
  throw new PromptmillError(
    'bad_flag',
    `${flagName('only')} truncated: the run had ${flag} ${before}, and with ${now} its answers would be cut again and paid for again`,
    { hint: `Give a larger limit, such as ${flag} ${before * 4}` },
  )
}
