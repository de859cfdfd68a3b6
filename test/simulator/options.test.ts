import { describe, expect, it } from 'vitest'
import { simulatorOptions, toSimulatorSettings } from '../../src/simulator/options.js'

describe('toSimulatorSettings', () => {
  it('has no limits, no faults and no empty account unless asked for', () => {
    const settings = toSimulatorSettings({})
    expect(settings).toMatchObject({ port: 8787, seed: 1, latencyMs: 100, outputTokens: 60, burstSeconds: 60 })
    expect([settings.rpm, settings.tpm, settings.quotaAfter]).toEqual([undefined, undefined, undefined])
    expect(Object.entries(settings).filter(([key, value]) => key.startsWith('fault') && value !== 0)).toEqual([])
  })

  it.each([
    ['a share above 1', { fault500: 1.1 }, '--fault500'],
    ['a share below 0', { noUsage: -0.1 }, '--no-usage'],
    ['a limit of nothing', { rpm: 0 }, '--rpm'],
    ['a limit without end', { tpm: Number.POSITIVE_INFINITY }, '--tpm'],
    ['a port that cannot be', { port: 70_000 }, '--port'],
    ['half an answer', { quotaAfter: 0.5 }, '--quota-after'],
    ['faults that add up to more than all calls', { fault500: 0.6, faultCut: 0.6 }, '--fault500, --fault-cut'],
    ['answers that add up to more than all', { refusal: 0.9, toolCall: 0.2 }, '--refusal, --tool-call'],
  ])('refuses %s by its flag', (_title, options, flag) => {
    expect(() => toSimulatorSettings(options)).toThrow(expect.objectContaining({ code: 'bad_flag' }))
    expect(() => toSimulatorSettings(options)).toThrow(flag)
  })

  it('takes faults that add up to all calls', () => {
    expect(toSimulatorSettings({ fault500: 0.7, fault503: 0.2, faultReset: 0.1 }).fault500).toBe(0.7)
  })

  it('has no option that takes a key', () => {
    const takingText = Object.values(simulatorOptions).filter(spec => spec.type !== 'number' && spec.type !== 'boolean')
    expect(takingText).toEqual([])
  })
})
