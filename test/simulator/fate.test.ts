import { describe, expect, it } from 'vitest'
import { drawFate } from '../../src/simulator/fate.js'
import { type SimulatorOptions, toSimulatorSettings } from '../../src/simulator/options.js'

const fatesOf = (options: SimulatorOptions, count = 4000) => {
  const settings = toSimulatorSettings({ latencyMs: 0, ...options })
  return Array.from({ length: count }, (_, index) => drawFate(settings, index.toString(16).padStart(16, '0'), 0))
}

const shareOf = <T>(list: readonly T[], test: (item: T) => boolean): number => list.filter(test).length / list.length

describe('drawFate', () => {
  it('follows from seed, request and how often that was asked', () => {
    const settings = toSimulatorSettings({ fault500: 0.5 })
    expect(drawFate(settings, 'ab', 3)).toEqual(drawFate(settings, 'ab', 3))
    const ids = [drawFate(settings, 'ab', 3), drawFate(settings, 'ab', 4), drawFate(settings, 'ac', 3)].map(
      ({ id }) => id,
    )
    expect(new Set([...ids, drawFate({ ...settings, seed: 2 }, 'ab', 3).id]).size).toBe(4)
  })

  it('is kind unless told otherwise', () => {
    expect(fatesOf({}).filter(fate => fate.fault !== undefined || fate.kind !== 'plain' || !fate.usageTold)).toEqual([])
  })

  it('lets a retry succeed where the first call failed', () => {
    const settings = toSimulatorSettings({ fault500: 0.5 })
    const tries = Array.from({ length: 40 }, (_, asked) => drawFate(settings, 'ab', asked).fault)
    expect(new Set(tries)).toEqual(new Set(['fault500', undefined]))
  })

  it('gives each fault its share, and no call two', () => {
    const fates = fatesOf({ fault500: 0.2, faultCut: 0.1, faultError200: 0.3 })
    for (const [fault, share] of [
      ['fault500', 0.2],
      ['faultCut', 0.1],
      ['faultError200', 0.3],
      [undefined, 0.4],
    ]) {
      expect(Math.abs(shareOf(fates, fate => fate.fault === fault) - Number(share))).toBeLessThan(0.03)
    }
  })

  it('gives each kind of answer its share, apart from the faults', () => {
    const fates = fatesOf({ refusal: 0.3, emptyChoices: 0.2, noUsage: 0.5, faultReset: 0.5 })
    expect(Math.abs(shareOf(fates, ({ kind }) => kind === 'refusal') - 0.3)).toBeLessThan(0.03)
    expect(Math.abs(shareOf(fates, ({ kind }) => kind === 'emptyChoices') - 0.2)).toBeLessThan(0.03)
    expect(Math.abs(shareOf(fates, ({ usageTold }) => usageTold) - 0.5)).toBeLessThan(0.03)
  })

  it('always befalls a call at a share of 1', () => {
    expect(shareOf(fatesOf({ faultHtml: 1, toolCall: 1, noUsage: 1 }), ({ fault }) => fault === 'faultHtml')).toBe(1)
  })

  it('draws latency around its median, ten times as long in the tail', () => {
    expect(new Set(fatesOf({ latencyMs: 50, latencySpread: 0 }).map(({ latencyMs }) => latencyMs))).toEqual(
      new Set([50]),
    )
    const spread = fatesOf({ latencyMs: 50, latencySpread: 0.5 })
    expect(Math.abs(shareOf(spread, ({ latencyMs }) => latencyMs < 50) - 0.5)).toBeLessThan(0.03)
    const tailed = fatesOf({ latencyMs: 50, latencySpread: 0, latencyTail: 0.1 })
    expect(Math.abs(shareOf(tailed, ({ latencyMs }) => latencyMs === 500) - 0.1)).toBeLessThan(0.03)
  })
})
