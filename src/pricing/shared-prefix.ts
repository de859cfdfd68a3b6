import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'

/** Prompts below so many tokens are not cached, and hits are counted in such steps (OpenAI guide "Prompt caching"). */
export const leastCached = 1024
const cacheStep = 128

/** Tokens of a shared prefix that a cache can hold; 0 when there are too few. */
export const toCacheable = (tokens: number): number =>
  tokens < leastCached ? 0 : Math.floor(tokens / cacheStep) * cacheStep

const commonLength = (one: string, other: string): number => {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1
  return length
}

/** Watches how far the bodies of requests begin alike, by model. Costs a comparison with the prefix so far. */
export const createSharedPrefixes = () => {
  const prefixes = new Map<string, string>()
  return {
    see(model: string, body: string): void {
      const prefix = prefixes.get(model)
      if (prefix === undefined) prefixes.set(model, body)
      else if (!body.startsWith(prefix)) prefixes.set(model, prefix.slice(0, commonLength(prefix, body)))
    },
    /** The JSON text that all bodies of a model begin with. */
    prefixOf: (model: string): string => prefixes.get(model) ?? '',
  }
}

/** What is open at the end of a piece of JSON: brackets, and whether it ends within a string. */
const findOpen = (text: string): { readonly closing: string; readonly inString: boolean } => {
  const closing: string[] = []
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (inString && letter === '\\') at += 1
    else if (letter === '"') inString = !inString
    else if (inString) continue
    else if (letter === '{') closing.push('}')
    else if (letter === '[') closing.push(']')
    else if (letter === '}' || letter === ']') closing.pop()
  }
  return { closing: closing.toReversed().join(''), inString }
}

const tryParse = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const closeText = (text: string): JsonValue | undefined => {
  const whole = text.replace(/\\(?:u[0-9a-f]{0,3})?$/i, '')
  const { closing, inString } = findOpen(whole)
  return tryParse(whole + (inString ? '"' : '') + closing)
}

/**
 * The messages in the beginning of a body: whole ones, and the begun one where the text breaks off within its content.
 * None when the text breaks off before them.
 */
export const readSharedMessages = (prefix: string): JsonObject => {
  const lastWhole = prefix.slice(0, prefix.lastIndexOf('}') + 1)
  const body = [closeText(prefix), closeText(lastWhole)].find(isObject)
  const messages = body?.['messages']
  return { messages: Array.isArray(messages) ? messages : [] }
}
