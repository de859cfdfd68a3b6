import { hash } from 'node:crypto'
import { isObject } from '../core/json-object.js'
import type { JsonValue } from '../core/model.js'

const inKeyOrder = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(inKeyOrder)
  if (!isObject(value)) return value
  // Entries, not a literal: a key named __proto__ must stay a key.
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, inKeyOrder(value[key] as JsonValue)]),
  )
}

/**
 * JSON text that is the same for equal values: keys in code-unit order, no blanks. Integer-like keys come first, as
 * JavaScript orders them; what matters is that the order depends on the value alone.
 */
export const canonicalJson = (value: JsonValue): string => JSON.stringify(inKeyOrder(value))

/**
 * A request's identity: 128 bits of SHA-256 over API path and canonical body, as 32 hexadecimal digits. The host takes
 * no part: a run may go on through another base URL.
 */
export const identify = (path: string, canonicalBody: string): string =>
  hash('sha256', `${path}\n${canonicalBody}`, 'hex').slice(0, 32)
