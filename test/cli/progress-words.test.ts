import { describe, expect, it } from 'vitest'
import {
  showCost,
  showFailed,
  showHold,
  showLeft,
  showRate,
  showRowsDone,
  showWait,
  toPercent,
} from '../../src/cli/progress-words.js'
import { startProgress, toProgress } from './progress-samples.js'

const second = 1000
const hour = 3600 * second
const day = 24 * hour

describe('showWait', () => {
  it.each([
    [0, '0 s'],
    [1, '1 s'],
    [12_000, '12 s'],
    [59_001, '1 m 00 s'],
    [125 * second, '2 m 05 s'],
    [hour - 1, '1 h 00 m'],
    [3 * hour + 7.9 * 60 * second, '3 h 07 m'],
    [day - 1, '1 d 00 h'],
    [2 * day + 4 * hour, '2 d 04 h'],
    [99 * day + 23 * hour, '99 d 23 h'],
    [100 * day, '> 99 d'],
    [1e15, '> 99 d'],
    [Number.POSITIVE_INFINITY, '> 99 d'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(showWait(ms)).toBe(text)
  })
})

describe('showLeft', () => {
  it('says nothing when nobody can tell', () => {
    expect(showLeft(undefined)).toBe('')
    expect(showLeft(35_000)).toBe('35 s left')
  })
})

describe('showRate', () => {
  it.each([
    [undefined, ''],
    [0, '0 rows/s'],
    [0.0001, '0 rows/s'],
    [0.04, '2.4 rows/min'],
    [0.1, '0.1 rows/s'],
    [5.23, '5.2 rows/s'],
    [9.96, '10 rows/s'],
    [52.2, '52 rows/s'],
    [17_200.4, '17,200 rows/s'],
  ])('shows %s a second as "%s"', (perSecond, text) => {
    expect(showRate(perSecond, 'rows')).toBe(text)
  })
})

describe('toPercent', () => {
  it.each([
    ['nothing of nothing is all of it', 0, 0, 100],
    ['nothing yet', 0, 3000, 0],
    ['a share that floating point would lose', 29, 100, 29],
    ['almost all is not all', 2999, 3000, 99],
    ['all', 3000, 3000, 100],
  ])('%s', (_title, done, rows, percent) => {
    expect(toPercent(toProgress({ done, rows }))).toBe(percent)
  })
})

describe('showRowsDone and showFailed', () => {
  it('mark thousands, and count failures only when there are any', () => {
    expect(showRowsDone(toProgress())).toBe('1,204/3,000 rows')
    expect(showFailed(toProgress({ failed: 1200 }))).toBe('1,200 failed')
    expect(showFailed(startProgress)).toBe('')
  })
})

describe('showCost', () => {
  it.each([
    ['shows what is spent and what is to be expected', toProgress(), '$0.0123 of ≈ $0.0307'],
    ['says nothing before anything is spent', startProgress, ''],
    ['expects nothing while nothing is settled', toProgress({ settled: 0, done: 0 }), '$0.0123'],
    ['expects nothing more at the end', toProgress({ done: 3000 }), '$0.0123'],
    ['does not call an unknown cost zero', toProgress({ unpriced: 1 }), 'cost unknown'],
    ['says nothing when the rows failed unbilled', toProgress({ ...startProgress, settled: 9, failed: 9 }), ''],
  ])('%s', (_title, progress, text) => {
    expect(showCost(progress)).toBe(text)
  })
})

describe('showHold', () => {
  it.each([
    [undefined, ''],
    [{ reason: 'rate_limited', waitMs: 11_200 }, 'waiting: 429, 12 s'],
    [{ reason: 'rate_limited', waitMs: 90_000 }, 'waiting: 429, 1 m 30 s'],
    [{ reason: 'rate_limited', waitMs: 0 }, 'waiting: 429'],
    [{ reason: 'overloaded', waitMs: 8_500 }, 'waiting: overloaded, 9 s'],
    [{ reason: 'overloaded', waitMs: 0 }, 'waiting: overloaded'],
    [{ reason: 'requests_per_minute', waitMs: 8 }, 'at the requests/min limit'],
    [{ reason: 'tokens_per_minute', waitMs: 8 }, 'at the tokens/min limit'],
    [{ reason: 'outage', waitMs: 5000 }, 'endpoint down, probing'],
  ] as const)('says %o as "%s"', (hold, text) => {
    expect(showHold(hold)).toBe(text)
  })
})
