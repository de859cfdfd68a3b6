import { type Bucket, createBucket, type Draw } from './bucket.js'
import type { HoldReason } from './contract.js'
import { createRateFinder } from './rate-finder.js'
import type { RateReport, RateReports } from './rate-headers.js'

/** What one send took from the limits. */
export interface Ticket {
  readonly requests: Draw
  readonly tokens: Draw
  readonly projectTokens: Draw
}

export interface Hold {
  readonly waitMs: number
  readonly reason: HoldReason
}

export interface Limiter {
  /** Tokens that fit into a minute; undefined while no token limit is known. */
  readonly tokenLimit: number | undefined
  /** The wait before a send of so many tokens, or undefined when there is none. */
  hold(tokens: number): Hold | undefined
  take(tokens: number): Ticket
  /** Puts the ticket right: the tokens the endpoint says it used, or 0 when it turned the request away. */
  settle(ticket: Ticket, usedTokens: number): void
  /** The ticket's send was refused for its rate. */
  refused(ticket: Ticket): void
  /** All sends pause for so long. */
  pause(ms: number): void
  /** Whether the rate is known, from the endpoint or from its refusals. */
  readonly knowsRate: boolean
  /** The ticket's send came back well. `waiting`: others wait their turn. */
  answered(ticket: Ticket, waiting: boolean): void
  /** Learns the limits from the reply to the ticket's send. */
  learn(ticket: Ticket, reports: RateReports): void
}

const learnOne = (bucket: Bucket, draw: Draw, report: RateReport | undefined): void => {
  if (report !== undefined) bucket.learn(draw, report)
}

/** The rate limits of the endpoint, of requests and of tokens, from the user and from the endpoint's headers. */
export const createLimiter = (
  { rpm, tpm }: { readonly rpm: number | undefined; readonly tpm: number | undefined },
  now: () => number,
): Limiter => {
  const requests = createBucket(rpm, now)
  const tokens = createBucket(tpm, now)
  const projectTokens = createBucket(undefined, now)
  let begun = false
  const finder = createRateFinder(now)
  return {
    get tokenLimit() {
      if (tokens.limit === undefined) return projectTokens.limit
      return Math.min(tokens.limit, projectTokens.limit ?? tokens.limit)
    },
    hold(amount) {
      const requestMs = requests.delayMs(1)
      const tokenMs = Math.max(tokens.delayMs(amount), projectTokens.delayMs(amount))
      const waitMs = Math.max(requestMs, tokenMs)
      if (waitMs === 0) return undefined
      return { waitMs, reason: tokenMs > requestMs ? 'tokens_per_minute' : 'requests_per_minute' }
    },
    take: amount => ({
      requests: requests.take(1),
      tokens: tokens.take(amount),
      projectTokens: projectTokens.take(amount),
    }),
    settle(ticket, usedTokens) {
      tokens.correct(ticket.tokens, usedTokens)
      projectTokens.correct(ticket.projectTokens, usedTokens)
    },
    get knowsRate() {
      return requests.told || finder.perMinute !== undefined
    },
    refused(ticket) {
      if (requests.told || tokens.told) return
      finder.refused(ticket.requests)
      if (finder.perMinute !== undefined) requests.assume(finder.perMinute)
    },
    pause(ms) {
      requests.pause(ms)
    },
    answered(ticket, waiting) {
      if (!begun) finder.begin(ticket.requests)
      begun = true
      if (finder.perMinute === undefined || requests.told || !waiting) return
      finder.answered()
      requests.assume(finder.perMinute)
    },
    learn(ticket, reports) {
      learnOne(requests, ticket.requests, reports.requests)
      learnOne(tokens, ticket.tokens, reports.tokens)
      learnOne(projectTokens, ticket.projectTokens, reports.projectTokens)
    },
  }
}
