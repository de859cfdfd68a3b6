import { describe, expect, it } from 'vitest'
import { createLineView, renderLine } from '../../src/cli/progress-line.js'
import type { Hold, Snapshot } from '../../src/cli/progress-pace.js'
import { startSnapshot, toProgress, toSnapshot } from './progress-samples.js'

describe('renderLine', () => {
  const cases: readonly (readonly [string, Snapshot, string])[] = [
    [
      'tells how far it is, how fast and for how much',
      toSnapshot(),
      '1,204/3,000 rows (40 %), 3 failed, 52 rows/s, $0.0123 of ≈ $0.0307, 35 s left',
    ],
    [
      'tells what holds the run back',
      toSnapshot({ hold: { reason: 'rate_limited', waitMs: 12_000 } }),
      '1,204/3,000 rows (40 %), 3 failed, 52 rows/s, $0.0123 of ≈ $0.0307, 35 s left; waiting: 429, 12 s',
    ],
    ['tells only what is known at the start', startSnapshot, '0/3,000 rows (0 %)'],
    [
      'admits that a cost is unknown',
      toSnapshot({ progress: toProgress({ unpriced: 1, failed: 0 }) }),
      '1,204/3,000 rows (40 %), 52 rows/s, cost unknown, 35 s left',
    ],
    [
      'bears no rows at all',
      { ...startSnapshot, progress: toProgress({ ...startSnapshot.progress, rows: 0 }) },
      '0/0 rows (100 %)',
    ],
    [
      'bears a very long time',
      toSnapshot({ rowsPerSecond: 0.00005, leftMs: 3.6e10 }),
      '1,204/3,000 rows (40 %), 3 failed, 0 rows/s, $0.0123 of ≈ $0.0307, > 99 d left',
    ],
  ]
  it.each(cases)('%s', (_title, snapshot, line) => {
    expect(renderLine(snapshot)).toBe(line)
  })
})

/** The seconds at which a line is said, looked at every second. */
const secondsOfLines = (seconds: number, holdAt: (second: number) => Hold | undefined): number[] => {
  const said: number[] = []
  let second = 0
  const view = createLineView({ say: () => said.push(second) })
  for (second = 1; second <= seconds; second += 1) {
    view.show(toSnapshot({ elapsedMs: second * 1000, hold: holdAt(second) }))
  }
  view.end(toSnapshot({ elapsedMs: seconds * 1000 }))
  return said
}

describe('createLineView', () => {
  const limited: Hold = { reason: 'rate_limited', waitMs: 30_000 }
  const paced: Hold = { reason: 'requests_per_minute', waitMs: 10 }
  const down: Hold = { reason: 'outage', waitMs: 5000 }

  it.each([
    ['says nothing in a run shorter than ten seconds', 9, () => limited, []],
    ['says a line every ten seconds', 35, () => undefined, [10, 20, 30]],
    ['says at once that something new holds the run back', 25, (at: number) => (at < 13 ? paced : down), [10, 13, 23]],
    ['says nothing at once when a hold goes', 25, (at: number) => (at < 13 ? down : undefined), [10, 20]],
    [
      'is not made to chatter by holds that alternate',
      40,
      (at: number) => (at % 2 === 0 ? limited : paced),
      [10, 11, 21, 22, 32, 33],
    ],
  ] as const)('%s', (_title, seconds, holdAt, lines) => {
    expect(secondsOfLines(seconds, holdAt)).toEqual(lines)
  })
})
