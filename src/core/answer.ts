import { isObject } from './json-object.js'
import type { JsonObject, JsonValue, Usage } from './model.js'

interface AnswerFacts {
  /** The model that answered, as it names itself. */
  readonly model: string | undefined
  readonly serviceTier: string | undefined
  /** Undefined when the endpoint reported none, or numbers that cannot be. */
  readonly usage: Usage | undefined
}

/** A usable answer that the user should look at twice. It is paid for and kept, and never sent again unasked. */
export type AnswerFlag = 'truncated' | 'refused' | 'content_filter'

/** The body of a 2xx reply, read. */
export type Answer =
  | (AnswerFacts & {
      readonly status: 'ok'
      readonly response: string
      readonly finishReason: string | undefined
      readonly flag: AnswerFlag | undefined
    })
  /** A well-formed completion with nothing in it: paid for, of no use. */
  | (AnswerFacts & { readonly status: 'empty'; readonly finishReason: string | undefined })
  /** Some gateways report errors under status 200. */
  | (AnswerFacts & { readonly status: 'error'; readonly error: EndpointError })
  /** Not a completion at all: a captive portal's page, a body cut short. */
  | { readonly status: 'unreadable'; readonly message: string }

/** The `error` object of the API, as far as it is there. */
export interface EndpointError {
  readonly code: string | undefined
  readonly type: string | undefined
  readonly message: string | undefined
}

const toText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const toCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

const toObject = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** The `error` of an error body, whether the API's own object or a compatible server's plain string. */
export const toEndpointError = (value: unknown): EndpointError => {
  const error = toObject(value)
  const code = typeof error['code'] === 'number' ? String(error['code']) : toText(error['code'])
  return { code, type: toText(error['type']), message: toText(error['message']) ?? toText(value) }
}

/**
 * Reads the `usage` object. Compatible servers leave out details, send null or odd values: details that cannot be are
 * taken as 0 and never exceed their whole; without both totals there is no usage, and so no cost.
 */
export const toUsage = (value: unknown): Usage | undefined => {
  const usage = toObject(value)
  const promptTokens = toCount(usage['prompt_tokens'])
  if (promptTokens === undefined) return undefined
  const total = toCount(usage['total_tokens'])
  const completionTokens =
    toCount(usage['completion_tokens']) ?? (total === undefined ? undefined : toCount(total - promptTokens))
  if (completionTokens === undefined) return undefined
  const prompt = toObject(usage['prompt_tokens_details'])
  const completion = toObject(usage['completion_tokens_details'])
  const part = (count: unknown, whole: number): number => Math.min(toCount(count) ?? 0, whole)
  const cachedTokens = part(prompt['cached_tokens'], promptTokens)
  return {
    promptTokens,
    cachedTokens,
    cacheWriteTokens: part(prompt['cache_write_tokens'], promptTokens - cachedTokens),
    audioPromptTokens: part(prompt['audio_tokens'], promptTokens),
    completionTokens,
    reasoningTokens: part(completion['reasoning_tokens'], completionTokens),
    audioCompletionTokens: part(completion['audio_tokens'], completionTokens),
  }
}

const toContent = (content: JsonValue | undefined): string | undefined => {
  if (!Array.isArray(content)) return toText(content)
  return toText(content.map(part => toText(toObject(part)['text']) ?? '').join(''))
}

/** Tool calls as the response. Undefined when they nest too deep for JSON: `JSON.parse` takes what `stringify` cannot. */
const toCallText = (calls: JsonValue | undefined): string | undefined => {
  if (Array.isArray(calls) ? calls.length === 0 : !isObject(calls)) return undefined
  try {
    return JSON.stringify(calls)
  } catch {
    return undefined
  }
}

/** An `error` member that says something: some servers send `"error": null`, `false` or `""` beside a good completion. */
const hasError = (error: unknown): boolean =>
  (isObject(error) && Object.keys(error).length > 0) || toText(error) !== undefined

const flagOf = (finishReason: string | undefined, refused: boolean): AnswerFlag | undefined => {
  if (refused) return 'refused'
  if (finishReason === 'length') return 'truncated'
  return finishReason === 'content_filter' ? 'content_filter' : undefined
}

const readChoice = (facts: AnswerFacts, choice: JsonObject): Answer => {
  const finishReason = toText(choice['finish_reason'])
  const message = toObject(choice['message'])
  const text =
    toContent(message['content']) ?? toCallText(message['tool_calls']) ?? toCallText(message['function_call'])
  const refusal = toText(message['refusal'])
  const response = text ?? refusal
  const flag = flagOf(finishReason, text === undefined && refusal !== undefined)
  const { model, serviceTier, usage } = facts
  // No spread on the way every row takes: copying three fields by it costs more in garbage collection than all the rest.
  if (response !== undefined || flag !== undefined) {
    return { status: 'ok', response: response ?? '', finishReason, flag, model, serviceTier, usage }
  }
  return hasError(choice['error'])
    ? { ...facts, status: 'error', error: toEndpointError(choice['error']) }
    : { ...facts, status: 'empty', finishReason }
}

/**
 * Reads the body of a 2xx reply to a chat completion. Total: whatever the body holds, it says what became of it.
 * With `n` > 1 the first choice is the response; the others are in the journal.
 */
export const readAnswer = (body: string): Answer => {
  let value: unknown
  try {
    value = JSON.parse(body.startsWith('\uFEFF') ? body.slice(1) : body)
  } catch {
    const what = /^\s*</.test(body) ? 'a web page' : body.trim() === '' ? 'an empty body' : 'a body that is not JSON'
    return { status: 'unreadable', message: `The endpoint answered with ${what} instead of a completion` }
  }
  if (!isObject(value))
    return { status: 'unreadable', message: 'The endpoint answered with JSON that is not an object' }
  const facts: AnswerFacts = {
    model: toText(value['model']),
    serviceTier: toText(value['service_tier']),
    usage: toUsage(value['usage']),
  }
  const error = value['error']
  const [choice] = Array.isArray(value['choices']) ? value['choices'] : []
  if (isObject(choice) && !hasError(error)) return readChoice(facts, choice)
  if (error !== undefined && error !== null) return { ...facts, status: 'error', error: toEndpointError(error) }
  return { ...facts, status: 'empty', finishReason: undefined }
}
