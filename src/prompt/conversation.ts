import { isObject } from '../core/json-object.js'
import { memberTexts } from '../core/json-text.js'
import type { JsonObject, JsonRow, JsonValue, RowFault } from '../core/model.js'

/** The one API path there is for now. */
export const chatPath = '/chat/completions'

const fault = (code: RowFault['code'], message: string): RowFault => ({ code, message })

const isBlank = (content: JsonValue | undefined): boolean =>
  content === undefined || content === null || (typeof content === 'string' ? content.trim() === '' : content === false)

/** Reads a row's own `messages`, a conversation to go on with, or says what is wrong with it. */
export const readMessages = (messages: JsonValue | undefined): readonly JsonObject[] | RowFault => {
  if (!Array.isArray(messages) || messages.length === 0) {
    return fault('invalid_messages', 'messages must be a list of at least one message')
  }
  const read: JsonObject[] = []
  for (const [index, message] of messages.entries()) {
    if (!isObject(message) || typeof message['role'] !== 'string') {
      return fault('invalid_messages', `message ${index + 1} is not an object with a role`)
    }
    read.push(message)
  }
  const says = read.some(message => !isBlank(message['content']) || Array.isArray(message['tool_calls']))
  return says ? read : fault('empty_prompt', 'every message is empty')
}

/** Whether a conversation has a system message of its own: then no other one goes before it. */
export const bringsSystem = (messages: readonly JsonObject[]): boolean =>
  messages.some(({ role }) => role === 'system' || role === 'developer')

/** Whether the row is a line in the Batch API's own form (`custom_id`, `method`, `url`, `body`). */
export const isBatchLine = (row: JsonRow): boolean =>
  isObject(row.record['body']) && typeof row.record['url'] === 'string'

/** A Batch API line, checked: its body, and the body's text as it was written. */
export interface BatchBody {
  readonly body: JsonObject
  readonly text: string
}

/** Takes a Batch API line as it is, so that one file serves both. */
export const readBatchLine = (row: JsonRow): BatchBody | RowFault => {
  const { method, url, body } = row.record
  if (method !== undefined && method !== 'POST') return fault('unsupported_request', 'method must be POST')
  if (url !== `/v1${chatPath}`) return fault('unsupported_request', `url must be /v1${chatPath}`)
  if (!isObject(body)) return fault('invalid_row', 'body must be an object')
  if (body['stream'] === true) return fault('unsupported_request', 'a streamed answer cannot be written: remove stream')
  const messages = readMessages(body['messages'])
  if ('code' in messages) return messages
  return { body, text: memberTexts(row.text).get('body') ?? JSON.stringify(body) }
}
