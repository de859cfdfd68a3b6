import { describe, expect, it } from 'vitest'
import { type RateCard, scaleRates, type TokenRates } from '../../src/pricing/rates.js'
import { withServiceTiers } from '../../src/pricing/service-tiers.js'

const rates = (input: bigint, output: bigint, parts: Partial<TokenRates> = {}): TokenRates => ({
  input,
  output,
  cachedInput: undefined,
  cacheWrite: undefined,
  audioInput: undefined,
  audioOutput: undefined,
  ...parts,
})

const card = (base: TokenRates, long?: TokenRates): RateCard => ({
  ...base,
  longContext: long && { fromPromptTokens: 1000, rates: long },
})

describe('scaleRates', () => {
  it('multiplies every known rate and leaves the unknown ones unknown', () => {
    const all = rates(10n, 60n, { cachedInput: 2n, cacheWrite: 12n, audioInput: 80n, audioOutput: 160n })
    const half = rates(5n, 30n, { cachedInput: 1n, cacheWrite: 6n, audioInput: 40n, audioOutput: 80n })
    expect(scaleRates(all, [1n, 2n])).toEqual(half)
    expect(scaleRates(rates(10n, 60n), [9n, 5n])).toEqual(rates(18n, 108n))
  })

  it('gives nothing rather than a rounded rate', () => {
    expect(scaleRates(rates(10n, 61n), [1n, 2n])).toBeUndefined()
    expect(scaleRates(rates(10n, 60n, { cachedInput: 1n }), [1n, 2n])).toBeUndefined()
  })
})

describe('withServiceTiers', () => {
  it('offers a model that is not in the fast table at standard and half price alone', () => {
    const { model, tiers, input } = withServiceTiers('acme', card(rates(10n, 60n)))
    expect([model, input]).toEqual(['acme', 10n])
    expect([...tiers.keys()]).toEqual(['default', 'auto', 'standard', 'scale', 'batch', 'flex'])
    expect(tiers.get('default')).toEqual(card(rates(10n, 60n)))
    expect(tiers.get('flex')).toEqual(card(rates(5n, 30n)))
  })

  it('halves the long context too', () => {
    const { tiers } = withServiceTiers('acme', card(rates(10n, 60n), rates(20n, 90n)))
    expect(tiers.get('batch')).toEqual(card(rates(5n, 30n), rates(10n, 45n)))
  })

  it('does not sell a long context whose half is no whole number', () => {
    const { tiers } = withServiceTiers('acme', card(rates(10n, 60n), rates(21n, 90n)))
    expect(tiers.get('batch')?.longContext).toEqual({ fromPromptTokens: 1000, rates: undefined })
  })

  it('sells the fast tier under both names, and not for long context', () => {
    const { tiers } = withServiceTiers('gpt-5.5', card(rates(10n, 60n), rates(20n, 90n)))
    const fast = { ...rates(25n, 150n), longContext: { fromPromptTokens: 1000, rates: undefined } }
    expect(tiers.get('fast')).toEqual(fast)
    expect(tiers.get('priority')).toEqual(fast)
  })
})
