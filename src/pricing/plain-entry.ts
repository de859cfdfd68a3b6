import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import type { Usd } from '../core/money.js'
import { type Place, type PlaceFault, readPrice } from './price-number.js'
import type { LongContext, RateCard, Rates, TokenRates } from './rates.js'
import { withTiers } from './service-tiers.js'

/** Of USD a million tokens, the ninth decimal is the smallest amount that money holds, a token. */
const decimals = 9

const rateKeys = ['input', 'output', 'cached_input', 'cache_write', 'audio_input', 'audio_output'] as const
const tierKeys = ['batch', 'flex', 'priority'] as const
const longContextKey = 'long_context'
const thresholdKey = 'from_prompt_tokens'

const readRate = (value: JsonValue | undefined, place: Place): Usd | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' || typeof value === 'string') return readPrice(value, decimals, place)
  throw place.fault(place.at, 'is not a number')
}

const checkKeys = (entry: JsonObject, known: readonly string[], { at, fault }: Place): void => {
  const unknown = Object.keys(entry).find(key => !known.includes(key))
  if (unknown !== undefined) throw fault(`${at}.${unknown}`, `is not known; known are ${known.join(', ')}`)
}

const readRates = (entry: JsonObject, place: Place): TokenRates => {
  const read = (key: (typeof rateKeys)[number]): Usd | undefined =>
    readRate(entry[key], { ...place, at: `${place.at}.${key}` })
  const [input, output] = [read('input'), read('output')]
  if (input === undefined || output === undefined) {
    throw place.fault(`${place.at}.${input === undefined ? 'input' : 'output'}`, 'is missing')
  }
  return {
    input,
    output,
    cachedInput: read('cached_input'),
    cacheWrite: read('cache_write'),
    audioInput: read('audio_input'),
    audioOutput: read('audio_output'),
  }
}

const readLongContext = (value: JsonValue | undefined, place: Place): LongContext | undefined => {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw place.fault(place.at, 'is not an object of rates')
  checkKeys(value, [thresholdKey, ...rateKeys], place)
  const from = value[thresholdKey]
  if (typeof from !== 'number' || !Number.isSafeInteger(from) || from < 1) {
    throw place.fault(`${place.at}.${thresholdKey}`, 'is not a whole number of tokens')
  }
  return { fromPromptTokens: from, rates: readRates(value, place) }
}

const readCard = (value: JsonValue, place: Place, moreKeys: readonly string[] = []): RateCard => {
  if (!isObject(value)) throw place.fault(place.at, 'is not an object of rates')
  checkKeys(value, [...rateKeys, longContextKey, ...moreKeys], place)
  const long = { ...place, at: `${place.at}.${longContextKey}` }
  return { ...readRates(value, place), longContext: readLongContext(value[longContextKey], long) }
}

/**
 * Reads a model's rates in USD per million tokens: `input`, `output` and, where they differ, `cached_input`,
 * `cache_write`, `audio_input`, `audio_output`, each a number or a decimal in a string; `batch`, `flex` and `priority`
 * with rates of their own; `long_context` with `from_prompt_tokens` and rates.
 * @throws what `fault` makes of a place and a problem
 */
export const readPlainEntry = (model: string, entry: JsonObject, fault: PlaceFault): Rates => {
  const at = JSON.stringify(model)
  const card = readCard(entry, { at, fault }, tierKeys)
  const tiers = new Map<string, RateCard>()
  for (const key of tierKeys) {
    const value = entry[key]
    if (value !== undefined && value !== null) tiers.set(key, readCard(value, { at: `${at}.${key}`, fault }))
  }
  return withTiers(model, card, tiers)
}
