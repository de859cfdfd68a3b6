import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatUsd, parseDecimal, parseUsd, showUsd } from '../../src/core/money.js'

const usd = 10n ** 15n

describe('parseUsd', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['1', usd],
    ['0.15', 150n * 10n ** 12n],
    ['2.', 2n * usd],
    ['.5', usd / 2n],
    ['0012', 12n * usd],
    [' 7 ', 7n * usd],
    ['1.25e-7', 125_000_000n],
    ['1E3', 1000n * usd],
    ['1e+2', 100n * usd],
    ['0.000000000000001', 1n],
    ['1.000000000000000000000', usd],
    ['5e-15', 5n],
    ['50e-16', 5n],
    ['0e-300', 0n],
  ])('reads "%s" exactly', (text, amount) => {
    expect(parseUsd(text)).toBe(amount)
  })

  it.each([
    '',
    ' ',
    '.',
    'e5',
    '.e5',
    '-1',
    '+1',
    '1,000',
    '1_000',
    '1.2.3',
    '0x10',
    '$5',
    '5 USD',
    'NaN',
    'Infinity',
    '١٢',
    '1e',
    '1e1000',
    '1e999',
    '0.0000000000000001',
    '5e-16',
    '1\n2',
  ])('refuses "%s"', text => {
    expect(parseUsd(text)).toBeUndefined()
  })
})

describe('parseDecimal', () => {
  it.each<[string, number, bigint | undefined]>([
    ['0.15', 9, 150_000_000n],
    ['0.15', 2, 15n],
    ['0.15', 1, undefined],
    ['3', 0, 3n],
  ])('reads "%s" in units of the %ith decimal', (text, places, units) => {
    expect(parseDecimal(text, places)).toBe(units)
  })

  it('reads every float as the decimal that it prints', () => {
    const price = fc.tuple(fc.nat(10 ** 9), fc.integer({ min: 0, max: 9 }))
    fc.assert(
      fc.property(price, ([digits, places]) => {
        const units = BigInt(digits) * 10n ** BigInt(9 - places)
        expect(parseDecimal(String(Number(`${digits}e-${places}`)), 9)).toBe(units)
      }),
    )
  })
})

describe('formatUsd', () => {
  it.each<[bigint, string]>([
    [0n, '0'],
    [1n, '0.000000000000001'],
    [usd, '1'],
    [12n * usd, '12'],
    [1_500_000_000_000_000n, '1.5'],
    [123_000_000_000n, '0.000123'],
    [10n ** 21n, '1000000'],
    [-1n, '-0.000000000000001'],
    [-1_500_000_000_000_000n, '-1.5'],
  ])('writes %s as "%s"', (amount, text) => {
    expect(formatUsd(amount)).toBe(text)
  })

  it('writes what parseUsd reads back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), amount => {
        expect(parseUsd(formatUsd(amount))).toBe(amount)
      }),
    )
  })

  it('writes no exponent, no sign of a float and no trailing zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), amount => {
        expect(formatUsd(amount)).toMatch(/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/)
      }),
    )
  })

  it('loses nothing of a sum: the parts as written add up to the total as written', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { maxLength: 50 })
    fc.assert(
      fc.property(amounts, parts => {
        const total = parts.reduce((sum, part) => sum + part, 0n)
        const written = parts.map(formatUsd).reduce((sum, text) => sum + (parseUsd(text) ?? -1n), 0n)
        expect(formatUsd(written)).toBe(formatUsd(total))
      }),
    )
  })
})

describe('showUsd', () => {
  it.each<[string, string]>([
    ['0', '$0.0000'],
    ['0.000123', '$0.000123'],
    ['0.0000005', '$0.000001'],
    ['0.00999999', '$0.010000'],
    ['0.01', '$0.0100'],
    ['0.12345', '$0.1235'],
    ['12.5', '$12.5000'],
    ['99.9999', '$99.9999'],
    ['100', '$100.00'],
    ['999.995', '$1,000.00'],
    ['1234567.891', '$1,234,567.89'],
  ])('shows %s as %s', (amount, shown) => {
    expect(showUsd(parseUsd(amount) ?? -1n)).toBe(shown)
  })

  it.each<[string, string]>([
    ['0.00000005', '$0.00000005'],
    ['0.000000000000001', '$0.000000000000001'],
  ])('never shows %s, which was spent, as nothing', (amount, shown) => {
    expect(showUsd(parseUsd(amount) ?? -1n)).toBe(shown)
  })

  it.each<[bigint, string]>([
    [-5n * usd, '-$5.0000'],
    [-1234n * usd, '-$1,234.00'],
    [-123_000_000_000n, '-$0.000123'],
  ])('shows %s, which is less than nothing, with its sign', (amount, shown) => {
    expect(showUsd(amount)).toBe(shown)
  })

  it('is off by half of its last decimal at most', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), amount => {
        const shown = showUsd(amount).replaceAll(/[$,]/g, '')
        const places = shown.split('.')[1]?.length ?? 0
        const error = (parseUsd(shown) ?? -1n) - amount
        expect((error < 0n ? -error : error) * 2n).toBeLessThanOrEqual(10n ** BigInt(15 - places))
      }),
    )
  })
})
