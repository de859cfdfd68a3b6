import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import { type ApiError, badRequest, unknownModel } from './api-error.js'
import { hashText } from './random.js'

/** A chat completion as asked for, checked. */
export interface ChatRequest {
  readonly body: JsonObject
  readonly model: string
  /** The messages as one JSON text: what the request is recognised by. */
  readonly messages: string
  /** 16 hexadecimal digits: a hash of model and messages. */
  readonly key: string
  /** Most completion tokens of one choice, reasoning included. */
  readonly maxTokens: number | undefined
  /** How many choices. */
  readonly n: number
  readonly serviceTier: string
}

export type ParsedChatRequest =
  | { readonly ok: true; readonly request: ChatRequest }
  | { readonly ok: false; readonly error: ApiError }

/** Whether a model thinks before it answers, and is billed for it: o1, o3, o4, gpt-5 and later, but not their chat forms. */
export const isReasoningModel = (model: string): boolean =>
  /^(?:o\d|gpt-(?:[5-9]|\d\d))/.test(model) && !model.includes('-chat')

const checkMessages = (messages: JsonValue | undefined): ApiError | undefined => {
  if (messages === undefined) {
    return badRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
  }
  if (!Array.isArray(messages)) {
    return badRequest("Invalid type for 'messages': expected an array of objects.", 'messages', 'invalid_type')
  }
  if (messages.length === 0) {
    const problem =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
    return badRequest(problem, 'messages', 'empty_array')
  }
  const bad = messages.findIndex(message => !isObject(message) || typeof message['role'] !== 'string')
  if (bad < 0) return undefined
  return badRequest(
    `Missing required parameter: 'messages[${bad}].role'.`,
    `messages[${bad}].role`,
    'missing_required_parameter',
  )
}

const checkCount = (body: JsonObject, name: string, most: number): ApiError | undefined => {
  const value = body[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return badRequest(`Invalid type for '${name}': expected an integer.`, name, 'invalid_type')
  }
  if (value < 1) {
    const problem = `Invalid '${name}': integer below minimum value. Expected a value >= 1, but got ${value} instead.`
    return badRequest(problem, name, 'integer_below_min_value')
  }
  if (value <= most) return undefined
  const problem = `Invalid '${name}': integer above maximum value. Expected a value <= ${most}, but got ${value} instead.`
  return badRequest(problem, name, 'integer_above_max_value')
}

const checkModel = (body: JsonObject, model: string): ApiError | undefined => {
  if (model.startsWith('no-such')) return unknownModel(model)
  if ((body['max_tokens'] ?? undefined) === undefined || !isReasoningModel(model)) return undefined
  const problem =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
  return badRequest(problem, 'max_tokens', 'unsupported_parameter')
}

const checkStream = (body: JsonObject): ApiError | undefined =>
  body['stream'] === true ? badRequest('The simulator does not stream.', 'stream', 'unsupported_value') : undefined

const formatTypes: readonly unknown[] = ['text', 'json_object', 'json_schema']

const checkSchemaFormat = (asked: JsonValue | undefined): ApiError | undefined => {
  const at = 'response_format.json_schema'
  if (!isObject(asked)) {
    return badRequest(`Missing required parameter: '${at}'.`, at, 'missing_required_parameter')
  }
  const { name, schema, strict } = asked
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    const problem = `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
    return badRequest(problem, `${at}.name`, 'invalid_value')
  }
  if (strict !== true || !isObject(schema)) return undefined
  const says = `Invalid schema for response_format '${name}'`
  if (schema['type'] !== 'object') {
    return badRequest(`${says}: schema must be a JSON Schema of 'type: "object"'.`, 'response_format')
  }
  if (schema['additionalProperties'] === false) return undefined
  const problem = `${says}: In context=(), 'additionalProperties' is required to be supplied and to be false.`
  return badRequest(problem, 'response_format')
}

const checkFormat = ({ response_format: format, messages }: JsonObject): ApiError | undefined => {
  if (format === undefined || format === null) return undefined
  if (!isObject(format) || !formatTypes.includes(format['type'])) {
    const problem =
      "Invalid value for 'response_format.type'. Supported values are: 'json_object', 'json_schema', and 'text'."
    return badRequest(problem, 'response_format.type', 'invalid_value')
  }
  if (format['type'] === 'json_schema') return checkSchemaFormat(format['json_schema'])
  if (format['type'] === 'text' || /json/i.test(JSON.stringify(messages))) return undefined
  const problem =
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
  return badRequest(problem, 'messages')
}

const toNumber = (value: JsonValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

const tiers = new Set<unknown>(['flex', 'priority'])

const toRequest = (body: JsonObject, model: string): ChatRequest => {
  const messages = JSON.stringify(body['messages'])
  const tier = body['service_tier']
  return {
    body,
    model,
    messages,
    key: hashText(`${model}\n${messages}`).slice(0, 16),
    maxTokens: toNumber(body['max_completion_tokens']) ?? toNumber(body['max_tokens']),
    n: toNumber(body['n']) ?? 1,
    serviceTier: typeof tier === 'string' && tiers.has(tier) ? tier : 'default',
  }
}

const refused = (error: ApiError): ParsedChatRequest => ({ ok: false, error })

/**
 * Reads and checks the body of a chat completion as the API does, with its error texts and codes.
 * @param deployment the model where the path names it, as on Azure, and the body does not
 */
export const parseChatRequest = (text: string, deployment?: string): ParsedChatRequest => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  if (!isObject(body)) {
    return refused(
      badRequest(
        'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)',
      ),
    )
  }
  const model = body['model'] ?? deployment
  if (typeof model !== 'string' || model === '') return refused(badRequest('you must provide a model parameter'))
  const error =
    checkModel(body, model) ??
    checkMessages(body['messages']) ??
    checkCount(body, 'max_completion_tokens', 1_000_000_000) ??
    checkCount(body, 'max_tokens', 1_000_000_000) ??
    checkCount(body, 'n', 128) ??
    checkStream(body) ??
    checkFormat(body)
  return error === undefined ? { ok: true, request: toRequest(body, model) } : refused(error)
}
