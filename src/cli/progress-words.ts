import type { Progress } from '../commands/ports.js'
import { showCount } from '../core/count-words.js'
import { showUsd } from '../core/money.js'
import { toExpected, toSpent } from './progress-cost.js'
import { countLeft, type Hold } from './progress-pace.js'

/** `1,204/3,000 rows` */
export const showRowsDone = ({ done, rows }: Progress): string => `${showCount(done)}/${showCount(rows)} rows`

/** Whole percent, rounded down: 100 means that every row is settled. */
export const toPercent = ({ done, rows }: Progress): number => (rows === 0 ? 100 : Math.floor((done * 100) / rows))

/** `3 failed`, or nothing when none did. */
export const showFailed = ({ failed }: Progress): string => (failed === 0 ? '' : `${showCount(failed)} failed`)

/** `52 rows/s`; slow ones by the minute, `2.4 rows/min`; nothing when there is no rate. */
export const showRate = (perSecond: number | undefined, unit: string): string => {
  if (perSecond === undefined) return ''
  if (perSecond >= 9.95) return `${showCount(Math.round(perSecond))} ${unit}/s`
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)} ${unit}/s`
  const perMinute = perSecond * 60
  return perMinute < 0.05 ? `0 ${unit}/s` : `${perMinute.toFixed(1)} ${unit}/min`
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')

/** A time to be waited for, in whole seconds rounded up: `35 s`, `2 m 05 s`, `3 h 07 m`, `2 d 04 h`. */
export const showWait = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} m`
  const days = Math.floor(seconds / 86_400)
  return days > 99 ? '> 99 d' : `${days} d ${two((seconds % 86_400) / 3600)} h`
}

/** `35 s left`, or nothing when nobody can tell. */
export const showLeft = (leftMs: number | undefined): string => (leftMs === undefined ? '' : `${showWait(leftMs)} left`)

/** `$0.0123 of ≈ $0.0310`; nothing before the first cost. */
export const showCost = (progress: Progress): string => {
  const spent = toSpent(progress)
  if (spent === undefined) return 'cost unknown'
  if (spent === 0n) return ''
  const expected = toExpected(progress)
  if (expected === undefined || countLeft(progress) === 0) return showUsd(spent)
  return `${showUsd(spent)} of ≈ ${showUsd(expected)}`
}

const showWaiting = (why: string, waitMs: number): string =>
  waitMs > 0 ? `waiting: ${why}, ${showWait(waitMs)}` : `waiting: ${why}`

/** What holds the run back, or nothing. */
export const showHold = (hold: Hold | undefined): string => {
  if (hold === undefined) return ''
  switch (hold.reason) {
    case 'rate_limited':
      return showWaiting('429', hold.waitMs)
    case 'overloaded':
      return showWaiting('overloaded', hold.waitMs)
    case 'requests_per_minute':
      return 'at the requests/min limit'
    case 'tokens_per_minute':
      return 'at the tokens/min limit'
    case 'outage':
      return 'endpoint down, probing'
    default:
      return hold.reason satisfies never
  }
}
