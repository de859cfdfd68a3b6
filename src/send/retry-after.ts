import type { ReplyHeaders } from '../core/model.js'
import { parseDate, parseDuration, parsePlain } from './duration.js'

/** "Please try again in 599ms", "in 6m0s.", "retry after 20 seconds" (Azure): the wait when there are no headers. */
const spokenWait =
  /(?:try again in|retry after) (\d[\w.µ]*?)(?: (seconds?|minutes?|milliseconds?))?(?:[.,;:!)]*(?:\s|$))/i

const spokenUnit = (word: string): string => (word.startsWith('mill') ? 'ms' : word.slice(0, 1).toLowerCase())

const readMessage = (message: string): number | undefined => {
  const [, amount = '', word = ''] = spokenWait.exec(message.slice(0, 2000)) ?? []
  return parseDuration(amount + spokenUnit(word))
}

const readDate = (text: string, headers: ReplyHeaders, wallMs: number): number | undefined => {
  const at = parseDate(text)
  if (at === undefined) return undefined
  const waitMs = at - (parseDate(headers['date'] ?? '') ?? wallMs)
  return waitMs < 0 ? undefined : waitMs
}

/**
 * How long the server asks to wait, in ms: `retry-after-ms` first, then `Retry-After` (RFC 9110, 10.2.3) in seconds or
 * as a date, which is read against the server's own clock where it tells it, then what the message says. Undefined when
 * nothing is asked, or nothing that makes sense: then our own backoff holds.
 */
export const readRetryAfter = (headers: ReplyHeaders, message: string, wallMs: number): number | undefined => {
  const ms = parsePlain(headers['retry-after-ms'] ?? '')
  if (ms !== undefined) return ms
  const text = headers['retry-after']
  if (text === undefined) return readMessage(message)
  const seconds = parsePlain(text)
  return seconds === undefined ? readDate(text, headers, wallMs) : seconds * 1000
}
