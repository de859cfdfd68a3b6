/** An error as the API sends it. */
export interface ApiError {
  readonly status: number
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** The body of an error reply. */
export const toErrorBody = ({ message, type, param, code }: ApiError): string =>
  JSON.stringify({ error: { message, type, param, code } })

const invalid = (status: number, message: string, rest: Partial<ApiError> = {}): ApiError => ({
  status,
  message,
  type: 'invalid_request_error',
  param: null,
  code: null,
  ...rest,
})

/** A request that asks for what cannot be: status 400. */
export const badRequest = (message: string, param: string | null = null, code: string | null = null): ApiError =>
  invalid(400, message, { param, code })

/** A path that is not there. */
export const unknownUrl = (method: string, path: string): ApiError => invalid(404, `Invalid URL (${method} ${path})`)

/** A path that is there, for another method. */
export const methodNotAllowed = (method: string, path: string): ApiError =>
  invalid(
    405,
    `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to make your HTTP request using a different HTTP method?)`,
    { code: 'method_not_supported' },
  )

/** Unlike the API's own text this one holds no part of the key. */
export const wrongKey: ApiError = invalid(
  401,
  'Incorrect API key provided. The simulator takes any key that begins with "sim-".',
  { code: 'invalid_api_key' },
)

export const unknownModel = (model: string): ApiError =>
  invalid(404, `The model \`${model}\` does not exist or you do not have access to it.`, { code: 'model_not_found' })

export const bodyTooLarge = (limit: number): ApiError => invalid(413, `Maximum content size limit (${limit}) exceeded.`)

export const contextLengthExceeded = (limit: number, tokens: number): ApiError =>
  badRequest(
    `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
    'messages',
    'context_length_exceeded',
  )

/** The account is empty: status 429, and waiting cannot help. */
export const insufficientQuota: ApiError = {
  status: 429,
  message:
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
  type: 'insufficient_quota',
  param: null,
  code: 'insufficient_quota',
}

export const serverError: ApiError = {
  status: 500,
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
  param: null,
  code: null,
}

export const overloaded: ApiError = {
  status: 503,
  message: 'The server is currently overloaded with other requests. Sorry about that! You can retry your request.',
  type: 'service_unavailable_error',
  param: null,
  code: 'server_is_overloaded',
}

/** A 429 within the limits, as when a neighbour or a gateway is throttled. */
export const strayRateLimit: ApiError = {
  status: 429,
  message: 'Rate limit reached for requests. Please try again in 1s.',
  type: 'requests',
  param: null,
  code: 'rate_limit_exceeded',
}
