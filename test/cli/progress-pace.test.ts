import { describe, expect, it } from 'vitest'
import { createPaceMeter, type Hold, type Snapshot } from '../../src/cli/progress-pace.js'
import type { Progress } from '../../src/commands/ports.js'
import { startProgress } from './progress-samples.js'

const startMs = 5000

/** Measures a session once a second for so long; `at` gives its state by the time gone, in seconds. */
const measureFor = (seconds: number, at: (second: number) => Partial<Progress>): Snapshot => {
  const measure = createPaceMeter(startMs)
  let snapshot = measure(startProgress, startMs)
  for (let second = 1; second <= seconds; second += 1) {
    snapshot = measure({ ...startProgress, ...at(second) }, startMs + second * 1000)
  }
  return snapshot
}

const steady = (second: number): Partial<Progress> => ({
  settled: second * 50,
  done: second * 50,
  promptTokens: second * 900,
  completionTokens: second * 100,
})

const slowed = (second: number): Partial<Progress> => {
  const settled = second <= 20 ? second * 50 : 1000 + (second - 20) * 5
  return { settled, done: settled }
}

const held = (hold: Hold | undefined): Progress => ({ ...startProgress, load: { inFlight: 1, limit: 1, hold } })

describe('createPaceMeter', () => {
  it('knows no rates and no time left until something is settled', () => {
    expect(measureFor(30, () => ({}))).toMatchObject({
      elapsedMs: 30_000,
      rowsPerSecond: undefined,
      tokensPerSecond: undefined,
      leftMs: undefined,
    })
  })

  it('tells the true rate from the first second on', () => {
    const { rowsPerSecond, tokensPerSecond, leftMs } = measureFor(1, steady)
    expect(rowsPerSecond).toBeCloseTo(50)
    expect(tokensPerSecond).toBeCloseTo(1000)
    expect(leftMs).toBeCloseTo(59_000)
  })

  it('keeps to a steady rate', () => {
    const { rowsPerSecond, leftMs } = measureFor(40, steady)
    expect(rowsPerSecond).toBeCloseTo(50)
    expect(leftMs).toBeCloseTo(20_000)
  })

  it('follows a change of rate within half a minute, and the time left more slowly', () => {
    const { rowsPerSecond, leftMs } = measureFor(50, slowed)
    expect(rowsPerSecond).toBeGreaterThan(5)
    expect(rowsPerSecond).toBeLessThan(8)
    expect(leftMs).toBeLessThan(1850_000 / 8)
  })

  it('lets the rate sink while nothing comes back', () => {
    const { rowsPerSecond } = measureFor(60, second => steady(Math.min(second, 10)))
    expect(rowsPerSecond).toBeLessThan(0.5)
  })

  it('is not disturbed by two looks at the same moment', () => {
    const measure = createPaceMeter(startMs)
    const progress = { ...startProgress, settled: 50, done: 50 }
    measure(progress, startMs + 1000)
    expect(measure(progress, startMs + 1000).rowsPerSecond).toBeCloseTo(50)
    expect(createPaceMeter(startMs)(progress, startMs)).toMatchObject({ rowsPerSecond: 0, leftMs: undefined })
  })

  it.each([
    ['nothing is left', { rows: 500, done: 500, settled: 500 }],
    ['the endpoint is down', { settled: 500, done: 500, load: held({ reason: 'outage', waitMs: 5000 }).load }],
  ])('tells no time left when %s', (_title, progress) => {
    expect(measureFor(10, () => progress).leftMs).toBeUndefined()
  })

  it('remembers a hold a moment longer than it lasts, and lets its wait run down', () => {
    const measure = createPaceMeter(startMs)
    const holdAt = (hold: Hold | undefined, ms: number) => measure(held(hold), startMs + ms).hold
    expect(holdAt(undefined, 0)).toBeUndefined()
    expect(holdAt({ reason: 'requests_per_minute', waitMs: 400 }, 1000)).toEqual({
      reason: 'requests_per_minute',
      waitMs: 400,
    })
    expect(holdAt(undefined, 1100)).toEqual({ reason: 'requests_per_minute', waitMs: 300 })
    expect(holdAt(undefined, 2000)).toEqual({ reason: 'requests_per_minute', waitMs: 0 })
    expect(holdAt(undefined, 2501)).toBeUndefined()
  })
})
