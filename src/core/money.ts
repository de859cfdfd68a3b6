/**
 * Exact money: whole femtodollars (10⁻¹⁵ USD). A rate of USD per million tokens with nine decimals is a whole number
 * of them a token, so sums and products never round.
 */
export type Usd = bigint

const decimals = 15
const unit = 10n ** BigInt(decimals)

const decimalForm = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i

/**
 * Reads a non-negative decimal such as `0.15`, `2` or `1.25e-7` exactly.
 * Returns undefined for anything else, and for more decimals than money can hold.
 */
export const parseDecimal = (text: string, places = decimals): bigint | undefined => {
  const [, whole = '', fraction = '', exponent = '0'] = decimalForm.exec(text.trim()) ?? []
  if (whole + fraction === '') return undefined
  const digits = BigInt(whole + fraction)
  const shift = places - fraction.length + Number(exponent)
  if (shift >= 0) return shift > 400 ? undefined : digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return digits % divisor === 0n ? digits / divisor : undefined
}

/** Reads USD, such as a cap given by flag. Undefined when it is not a non-negative decimal. */
export const parseUsd = (text: string): Usd | undefined => parseDecimal(text)

/** An exact decimal without exponent or trailing zeros: `0.000123`, `12`, `0`. */
export const formatUsd = (amount: Usd): string => {
  const sign = amount < 0n ? '-' : ''
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  const whole = digits.slice(0, -decimals)
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/**
 * For people: a dollar sign, thousands marks, and as many decimals as the size deserves. Rounded half away from zero,
 * but never to zero: what was spent shows.
 */
export const showUsd = (amount: Usd): string => {
  const sign = amount < 0n ? '-' : ''
  const size = amount < 0n ? -amount : amount
  const places = size >= 100n * unit ? 2 : size >= unit / 100n || size === 0n ? 4 : 6
  const step = 10n ** BigInt(decimals - places)
  const rounded = (size + step / 2n) / step
  if (rounded === 0n && size !== 0n) return `${sign}$${formatUsd(size)}`
  const digits = rounded.toString().padStart(places + 1, '0')
  const whole = digits.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}$${whole}.${digits.slice(-places)}`
}
