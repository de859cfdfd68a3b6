import type { JsonObject, JsonValue } from '../core/model.js'
import { canonicalJson } from './identity.js'

/** A message of plain text, as canonical JSON. */
export const textMessage = (role: 'system' | 'user', content: string): string =>
  `{"content":${JSON.stringify(content)},"role":"${role}"}`

const toMembers = (object: JsonObject, keys: readonly string[]): string =>
  keys.map(key => `${JSON.stringify(key)}:${canonicalJson(object[key] as JsonValue)},`).join('')

/**
 * Writes the bodies of a run's requests, canonical and ready to send. What all of them share, model and parameters, is
 * written once per run; a body is then its messages between two constant texts.
 * @returns a function from messages, each as canonical JSON, to the body's text
 */
export const createChatBody = (model: string, params: JsonObject): ((messages: readonly string[]) => string) => {
  const rest: JsonObject = { ...params, model }
  const keys = Object.keys(rest).sort()
  const before = toMembers(
    rest,
    keys.filter(key => key < 'messages'),
  )
  const after = toMembers(
    rest,
    keys.filter(key => key > 'messages'),
  )
  const head = `{${before}"messages":[`
  const tail = `],${after.slice(0, -1)}}`
  return messages => head + messages.join(',') + tail
}
