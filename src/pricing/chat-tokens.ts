import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'

/** Counts what a message is made of. */
export interface PartCounters {
  readonly countText: (text: string) => number
  /** Tokens of a part of type `image_url`. */
  readonly countImage: (part: JsonObject) => number
}

const tokensPerMessage = 3
const tokensPerName = 1
/** Every reply is primed with the start of the assistant's message. */
const replyPrimer = 3

/** Parts of a body beside its messages that the model is shown as text. */
const shownAsText = ['tools', 'functions', 'response_format']

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

const textOf = (part: JsonValue): string | undefined => {
  const text = isObject(part) ? (part['text'] ?? part['refusal']) : part
  return typeof text === 'string' ? text : undefined
}

const isImage = (part: JsonValue): part is JsonObject => isObject(part) && part['type'] === 'image_url'

const countPart = (part: JsonValue, counters: PartCounters): number => {
  const text = textOf(part)
  if (text !== undefined) return counters.countText(text)
  // What sound and files cost is not in the request: no number is better than one made from their Base64.
  return isImage(part) ? counters.countImage(part) : 0
}

/**
 * Whether a conversation holds what takes tokens that nobody can tell before it is sent: sound, files, parts of a kind
 * not known here, and an earlier answer given as sound, which the API knows by its id.
 */
export const holdsUncounted = (messages: JsonValue | undefined): boolean =>
  messages !== undefined &&
  isList(messages) &&
  messages.filter(isObject).some(({ content = null, audio = null }) => {
    if (isObject(audio)) return true
    return isList(content) && content.some(part => textOf(part) === undefined && !isImage(part))
  })

const countField = (key: string, value: JsonValue, counters: PartCounters): number => {
  if (value === null) return 0
  if (typeof value === 'string') return counters.countText(value) + (key === 'name' ? tokensPerName : 0)
  if (key === 'content' && isList(value)) return value.reduce((sum: number, part) => sum + countPart(part, counters), 0)
  return counters.countText(JSON.stringify(value))
}

const countMessage = (message: JsonValue, counters: PartCounters): number => {
  if (!isObject(message)) return tokensPerMessage
  let tokens = tokensPerMessage
  for (const [key, value] of Object.entries(message)) tokens += countField(key, value, counters)
  return tokens
}

/**
 * Prompt tokens of the body of a chat completion: 3 a message, the tokens of its fields, 1 for a name, and 3 for the
 * start of the reply (OpenAI Cookbook, "How to count tokens with tiktoken"). Tools and schema are counted as their JSON
 * text, which the API turns into a form of its own and does not publish: there the count is an estimate. Sound and
 * files count nothing.
 */
export const countChatTokens = (body: JsonObject, counters: PartCounters): number => {
  let tokens = replyPrimer
  const messages = body['messages']
  if (isList(messages)) for (const message of messages) tokens += countMessage(message, counters)
  for (const key of shownAsText) {
    const value = body[key]
    if (value !== undefined && value !== null) tokens += counters.countText(JSON.stringify(value))
  }
  return tokens
}
