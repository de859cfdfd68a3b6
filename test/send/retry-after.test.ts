import { describe, expect, it } from 'vitest'
import { parseDate, parseDuration, parsePlain } from '../../src/send/duration.js'
import { readRateHeaders } from '../../src/send/rate-headers.js'
import { readRetryAfter } from '../../src/send/retry-after.js'

const wall = Date.parse('2026-11-24T12:00:00Z')

describe('readRetryAfter', () => {
  it.each([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['fractions of a second', { 'retry-after': '0.5' }, 500],
    ['zero', { 'retry-after': '0' }, 0],
    ['milliseconds first', { 'retry-after-ms': '350', 'retry-after': '1' }, 350],
    ['zero milliseconds', { 'retry-after-ms': '0', 'retry-after': '5' }, 0],
    ['senseless milliseconds are passed over', { 'retry-after-ms': '-5', 'retry-after': '1' }, 1000],
    ['a date', { 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30_000],
    [
      'a date against the server’s own clock',
      { 'retry-after': 'Tue, 24 Nov 2026 09:00:30 GMT', date: 'Tue, 24 Nov 2026 09:00:00 GMT' },
      30_000,
    ],
    ['30 days', { 'retry-after': '2592000' }, 2_592_000_000],
    [
      'a date that begins with a small number',
      { 'retry-after': '20 Oct 2099 07:28:00 GMT' },
      Date.parse('2099-10-20T07:28:00Z') - wall,
    ],
  ])('S2: reads %s', (_title, headers, ms) => {
    expect(readRetryAfter(headers, '', wall)).toBe(ms)
  })

  it.each([
    ['a past date', 'Tue, 24 Nov 2026 11:59:00 GMT'],
    ['garbage', 'soon'],
    ['a negative number', '-1'],
    ['a number in words of JavaScript', '1e9'],
    ['hexadecimal', '0x10'],
    ['two values', '1, 2'],
    ['nothing', ''],
    ['a date that is none', 'Tue, 99 Nov 2026 25:00:00 GMT'],
  ])('S2: takes %s as nothing asked', (_title, value) => {
    expect(readRetryAfter({ 'retry-after': value }, '', wall)).toBeUndefined()
  })

  it.each([
    ['Limit 60000, Used 54134, Requested 6465. Please try again in 599ms', 599],
    ['Please try again in 6m0s. Visit https://x', 360_000],
    ['Please try again in 1.2s.', 1200],
    ['try again in 20 seconds', 20_000],
    ['Try again in 2 minutes!', 120_000],
    ['You have exceeded the token rate limit of your tier. Please retry after 6 seconds. Contact Azure.', 6000],
    ['Please retry after 1 second.', 1000],
    ['try again in a while', undefined],
    ['', undefined],
  ])('reads the message %j where there are no headers', (message, ms) => {
    expect(readRetryAfter({}, message, wall)).toBe(ms)
  })
})

describe('parseDuration', () => {
  it.each([
    ['6m0s', 360_000],
    ['1.2s', 1200],
    ['12ms', 12],
    ['120ms', 120],
    ['1h2m3s', 3_723_000],
    ['0s', 0],
    ['7m12s', 432_000],
    ['1d', 86_400_000],
    ['500µs', 0.5],
    ['', undefined],
    ['6', undefined],
    ['6m0', undefined],
    ['m', undefined],
    ['-1s', undefined],
    ['1s ', undefined],
  ])('S17: reads %j as %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })
})

describe('parsePlain and parseDate', () => {
  it.each([['1e309'], ['NaN'], ['Infinity'], ['+1'], [' 1'], ['1.'], ['.5']])('take no number from %j', text => {
    expect(parsePlain(text)).toBeUndefined()
  })

  it.each([['2026'], ['Nov 24'], ['yesterday'], ['foo 12'], ['1790000000']])('take no date from %j', text => {
    expect(parseDate(text)).toBeUndefined()
  })
})

describe('readRateHeaders', () => {
  const read = (headers: Record<string, string>) => readRateHeaders(headers, wall)

  it('reads the classic and the project headers', () => {
    expect(
      read({
        'x-ratelimit-limit-requests': '6000',
        'x-ratelimit-remaining-requests': '5999',
        'x-ratelimit-reset-requests': '10ms',
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '15000',
        'x-ratelimit-reset-tokens': '30s',
        'x-ratelimit-limit-project-tokens': '10000',
      }),
    ).toEqual({
      requests: { limit: 6000, remaining: 5999, refillPerMs: 0.1 },
      tokens: { limit: 30_000, remaining: 15_000, refillPerMs: 0.5 },
      projectTokens: { limit: 10_000, remaining: undefined, refillPerMs: 10_000 / 60_000 },
    })
  })

  it.each([
    ['a limit of a day by its slow refill', '8.64s', 1 / 8640],
    ['seconds without a unit', '2', 1 / 2000],
    ['a time in epoch seconds', String(wall / 1000 + 2), 1 / 2000],
    ['a time in epoch milliseconds', String(wall + 2000), 1 / 2000],
    ['a date', 'Tue, 24 Nov 2026 12:00:02 GMT', 1 / 2000],
    ['nonsense as the limit a minute', 'soon', 10_000 / 60_000],
    ['a reset in the past as the limit a minute', '0s', 10_000 / 60_000],
  ])('S17: reads %s', (_title, reset, refillPerMs) => {
    const headers = {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-reset-requests': reset,
    }
    expect(read(headers).requests?.refillPerMs).toBeCloseTo(refillPerMs, 8)
  })

  it.each([
    ['none', {}],
    ['a limit of zero', { 'x-ratelimit-limit-requests': '0' }],
    ['a negative limit', { 'x-ratelimit-limit-requests': '-1' }],
    ['a limit in words', { 'x-ratelimit-limit-requests': 'unlimited' }],
    ['a limit beyond all numbers', { 'x-ratelimit-limit-requests': '9'.repeat(400) }],
    ['remaining without a limit', { 'x-ratelimit-remaining-requests': '5' }],
  ])('S17: knows nothing from %s', (_title, headers) => {
    expect(read(headers).requests).toBeUndefined()
  })

  it('takes more remaining than the limit as a full one', () => {
    expect(read({ 'x-ratelimit-limit-tokens': '100', 'x-ratelimit-remaining-tokens': '500' }).tokens?.remaining).toBe(
      100,
    )
  })
})
