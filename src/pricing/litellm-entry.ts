import type { JsonObject, JsonValue } from '../core/model.js'
import type { Usd } from '../core/money.js'
import { type PlaceFault, readPrice } from './price-number.js'
import type { LongContext, RateCard, Rates, TokenRates } from './rates.js'
import { withTiers } from './service-tiers.js'

/** Keys of LiteLLM's `model_prices_and_context_window.json`, in USD a token. */
const keys = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cachedInput: 'cache_read_input_token_cost',
  cacheWrite: 'cache_creation_input_token_cost',
  audioInput: 'input_cost_per_audio_token',
  audioOutput: 'output_cost_per_audio_token',
} as const satisfies Record<keyof TokenRates, string>

/** Of USD a token, the fifteenth decimal is the smallest amount that money holds. */
const decimals = 15

/** The modes whose models answer with text. Others may have rates of the same names, for tokens of another kind. */
const textModes: readonly JsonValue[] = ['chat', 'completion', 'responses']

/** Suffixes of a service tier, and the name of the tier. */
const tierSuffixes = { batch: '_batches', flex: '_flex', priority: '_priority' } as const

/** Whether an entry is in LiteLLM's layout: only there are keys so long. */
export const isLiteLlmEntry = (entry: JsonObject): boolean =>
  Object.keys(entry).some(key => key.includes('_cost_per_') || key.startsWith('litellm_') || key === 'max_input_tokens')

/** The rates under keys with these suffixes; undefined when input or output has none. */
type ReadRates = (suffixes: readonly string[]) => TokenRates | undefined

const createReader = (model: string, entry: JsonObject, fault: PlaceFault): ReadRates => {
  const readKey = (key: string): Usd | undefined => {
    const value = entry[key]
    if (value === undefined || value === null) return undefined
    const at = `${JSON.stringify(model)}.${key}`
    if (typeof value !== 'number') throw fault(at, 'is not a number')
    return readPrice(value, decimals, { at, fault })
  }
  return suffixes => {
    const read = (key: string): Usd | undefined => {
      for (const suffix of suffixes) {
        const rate = readKey(key + suffix)
        if (rate !== undefined) return rate
      }
      return undefined
    }
    const [input, output] = [read(keys.input), read(keys.output)]
    if (input === undefined || output === undefined) return undefined
    return {
      input,
      output,
      cachedInput: read(keys.cachedInput),
      cacheWrite: read(keys.cacheWrite),
      audioInput: read(keys.audioInput),
      audioOutput: read(keys.audioOutput),
    }
  }
}

const thousand = 1000

/** The threshold of the entry's long-context keys, `_above_272k_tokens`: the lowest, since only one can be held. */
const findThreshold = (entry: JsonObject): string | undefined =>
  Object.keys(entry)
    .flatMap(key => /^input_cost_per_token(_above_(\d+)k_tokens)/.exec(key)?.[1] ?? [])
    .toSorted((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]))[0]

/** "Above 272k" holds from the next token on. */
const toLongContext = (threshold: string | undefined, rates: TokenRates | undefined): LongContext | undefined =>
  threshold === undefined ? undefined : { fromPromptTokens: Number(/\d+/.exec(threshold)?.[0]) * thousand + 1, rates }

/**
 * Reads an entry of LiteLLM's price map: standard rates, those of `_batches`, `_flex` and `_priority`, and those
 * `_above_272k_tokens`, with the two kinds of suffix in either order. Undefined for what is of another mode than text, or
 * not sold by tokens.
 * @throws what `fault` makes of a place and a problem
 */
export const readLiteLlmEntry = (model: string, entry: JsonObject, fault: PlaceFault): Rates | undefined => {
  if (!textModes.includes(entry['mode'] ?? 'chat')) return undefined
  const read = createReader(model, entry, fault)
  const above = findThreshold(entry)
  const toCard = (suffix: string): RateCard | undefined => {
    const rates = read([suffix])
    const long = above === undefined ? undefined : read([above + suffix, suffix + above])
    return rates && { ...rates, longContext: toLongContext(above, long) }
  }
  const card = toCard('')
  if (card === undefined) return undefined
  const tiers = new Map<string, RateCard>()
  for (const [tier, suffix] of Object.entries(tierSuffixes)) {
    const own = toCard(suffix)
    if (own !== undefined) tiers.set(tier, own)
  }
  return withTiers(model, card, tiers)
}
