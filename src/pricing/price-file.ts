import { PromptmillError } from '../core/errors.js'
import { lineAt, locateJsonFault } from '../core/json-fault.js'
import { isObject } from '../core/json-object.js'
import { findRepeatedKey } from '../core/json-text.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import { isLiteLlmEntry, readLiteLlmEntry } from './litellm-entry.js'
import { readPlainEntry } from './plain-entry.js'
import type { PlaceFault } from './price-number.js'
import type { Rates } from './rates.js'

/** Rates by the model's name as the file has it. */
export type PriceTable = ReadonlyMap<string, Rates>

const layoutHint =
  'Write {"MODEL": {"input": 0.15, "cached_input": 0.075, "output": 0.6}} in USD per million tokens, or take the layout of model_prices_and_context_window.json'

const tellPlace = (text: string): string => {
  const place = locateJsonFault(text)
  if (place === undefined) return ''
  return place.endsEarly ? ': it ends too early' : ` (line ${place.line})`
}

/** Which of the two is meant nobody can tell, and money hangs on it. */
const checkKeys = (text: string, name: string): void => {
  const repeated = findRepeatedKey(text)
  if (repeated === undefined) return
  const where = `${name} (line ${lineAt(text, repeated.at)})`
  throw new PromptmillError('bad_price', `${where}: the key ${JSON.stringify(repeated.key)} stands there twice`, {
    hint: 'Take one of them out',
  })
}

const parseText = (text: string, name: string): JsonObject => {
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch (cause) {
    throw new PromptmillError('bad_price', `${name} is not valid JSON${tellPlace(text)}`, { hint: layoutHint, cause })
  }
  if (!isObject(value)) throw new PromptmillError('bad_price', `${name} holds no object`, { hint: layoutHint })
  checkKeys(text, name)
  return value
}

/** A comment in the well-known file that looks like an entry. */
const sampleEntry = 'sample_spec'

/**
 * Reads a file of prices in either layout, entry by entry: USD per million tokens, or LiteLLM's USD per token.
 * @param name what the file is called in messages
 * @throws PromptmillError `bad_price`, naming the place
 */
export const parsePriceFile = (text: string, name: string): PriceTable => {
  const table = new Map<string, Rates>()
  const fault: PlaceFault = (at, problem) =>
    new PromptmillError('bad_price', `${name}: ${at} ${problem}`, { hint: layoutHint })
  for (const [model, entry] of Object.entries(parseText(text.replace(/^\uFEFF/, ''), name))) {
    if (model === sampleEntry) continue
    if (!isObject(entry)) throw fault(JSON.stringify(model), 'is not an object of rates')
    const rates = isLiteLlmEntry(entry) ? readLiteLlmEntry(model, entry, fault) : readPlainEntry(model, entry, fault)
    if (rates !== undefined) table.set(model, rates)
  }
  return table
}
