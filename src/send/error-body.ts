import { type EndpointError, toEndpointError } from '../core/answer.js'
import { isObject } from '../core/json-object.js'

const nothing: EndpointError = { code: undefined, type: undefined, message: undefined }

/** Longer than any error worth reading. */
const longest = 1_000_000

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/**
 * The error that the body of a reply other than 2xx tells, in the forms that are met: the API's `error` object, a plain
 * `error` text, with a `code` beside it or not, the error at the top (vLLM), `detail` (FastAPI).
 */
export const readErrorBody = (body: string): EndpointError => {
  const value = body.length > longest || !/^\s*\{/.test(body) ? undefined : parse(body)
  if (!isObject(value)) return nothing
  const { error, detail } = value
  // What names it can stand beside a text.
  if (typeof error === 'string') return toEndpointError({ ...value, message: error })
  if (error !== undefined && error !== null) return toEndpointError(error)
  if (detail !== undefined) return toEndpointError(detail)
  return toEndpointError(value)
}
