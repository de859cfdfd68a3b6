import type { JsonObject } from '../core/model.js'
import { canonicalJson } from './identity.js'

/** A message of plain text, as canonical JSON. */
export const textMessage = (role: string, content: string): string =>
  `{"content":${JSON.stringify(content)},"role":"${role}"}`

const toMembers = (texts: Readonly<Record<string, string>>, keys: readonly string[]): string =>
  keys.map(key => `${JSON.stringify(key)}:${texts[key]},`).join('')

/**
 * Writes the bodies of a run's requests, canonical and ready to send. What all of them share, model and parameters, is
 * written once per run; a body is then its messages between two constant texts.
 * @param written parameters as the JSON text that is to be sent, where its order counts
 * @returns a function from messages, each as canonical JSON, to the body's text
 */
export const createChatBody = (
  model: string,
  params: JsonObject,
  written: Readonly<Record<string, string>> = {},
): ((messages: readonly string[]) => string) => {
  const rest: JsonObject = { ...params, model }
  const texts = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, canonicalJson(value)]))
  for (const [key, text] of Object.entries(written)) texts[key] = text
  const keys = Object.keys(texts).sort()
  const before = toMembers(
    texts,
    keys.filter(key => key < 'messages'),
  )
  const after = toMembers(
    texts,
    keys.filter(key => key > 'messages'),
  )
  const head = `{${before}"messages":[`
  const tail = `],${after.slice(0, -1)}}`
  return messages => head + messages.join(',') + tail
}
