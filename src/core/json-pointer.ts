import { isObject } from './json-object.js'
import type { JsonValue } from './model.js'

/** One step of a JSON Pointer (RFC 6901), escaped, with its slash. */
export const pointerStep = (name: string | number): string =>
  `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Follows a JSON Pointer, '' being the root itself; undefined where it leads nowhere. */
export const resolvePointer = (root: JsonValue, pointer: string): JsonValue | undefined => {
  let value: JsonValue | undefined = root
  for (const raw of pointer.split('/').slice(1)) {
    const name = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[Number(name)]
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}

/**
 * Follows a reference within a schema, such as `#/$defs/name`: a pointer in a URI fragment (RFC 6901, section 6).
 * Undefined where it leads nowhere, or elsewhere.
 */
export const resolveReference = (root: JsonValue, reference: string): JsonValue | undefined => {
  if (!/^#(?:\/|$)/.test(reference)) return undefined
  try {
    return resolvePointer(root, decodeURIComponent(reference.slice(1)))
  } catch {
    return undefined
  }
}
