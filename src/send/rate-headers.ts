import type { ReplyHeaders } from '../core/model.js'
import { parseDate, parseDuration, parsePlain } from './duration.js'

/** What one limit stood at when the endpoint let a request in. */
export interface RateReport {
  /** Of a minute, as far as it can be known. */
  readonly limit: number
  /** What was left of it. Undefined when not told. */
  readonly remaining: number | undefined
  /** How fast it fills up again, per ms. */
  readonly refillPerMs: number
}

export interface RateReports {
  readonly requests: RateReport | undefined
  readonly tokens: RateReport | undefined
  /** A second token limit, of the project, where there is one. */
  readonly projectTokens: RateReport | undefined
}

const none: RateReports = { requests: undefined, tokens: undefined, projectTokens: undefined }

const minuteMs = 60_000

/** Plain numbers are seconds unless so large that they must be a time: compatible servers send epochs too. */
const toWait = (value: number, serverMs: number): number => {
  if (value > 1e11) return value - serverMs
  return value > 1e9 ? value * 1000 - serverMs : value * 1000
}

const readReset = (text: string, serverMs: number): number | undefined => {
  const plain = parsePlain(text)
  if (plain !== undefined) return toWait(plain, serverMs)
  const at = parseDate(text)
  return at === undefined ? parseDuration(text) : at - serverMs
}

const readReport = (headers: ReplyHeaders, kind: string, serverMs: number): RateReport | undefined => {
  const limit = parsePlain(headers[`x-ratelimit-limit-${kind}`] ?? '')
  if (limit === undefined || limit === 0 || !Number.isFinite(limit)) return undefined
  const told = parsePlain(headers[`x-ratelimit-remaining-${kind}`] ?? '')
  const remaining = told === undefined ? undefined : Math.min(told, limit)
  const perMinute = limit / minuteMs
  const resetMs = readReset(headers[`x-ratelimit-reset-${kind}`] ?? '', serverMs)
  const missing = remaining === undefined ? 0 : limit - remaining
  // A limit of a day comes in the same headers; only its slow refill gives it away.
  const refillPerMs =
    missing > 0 && resetMs !== undefined && resetMs > 0 ? Math.min(perMinute, missing / resetMs) : perMinute
  return { limit, remaining, refillPerMs }
}

/**
 * Reads the `x-ratelimit-*` headers, classic and project (OpenAI's rate-limit guide). Absent or senseless ones say
 * nothing. `reset` is the time to a full bucket, not to the next free slot, so it is read as a speed, never as a wait.
 */
export const readRateHeaders = (headers: ReplyHeaders, wallMs: number): RateReports => {
  if (
    headers['x-ratelimit-limit-requests'] === undefined &&
    headers['x-ratelimit-limit-tokens'] === undefined &&
    headers['x-ratelimit-limit-project-tokens'] === undefined
  )
    return none
  const serverMs = parseDate(headers['date'] ?? '') ?? wallMs
  return {
    requests: readReport(headers, 'requests', serverMs),
    tokens: readReport(headers, 'tokens', serverMs),
    projectTokens: readReport(headers, 'project-tokens', serverMs),
  }
}
