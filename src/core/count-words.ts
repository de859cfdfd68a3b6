const integer = new Intl.NumberFormat('en-US')
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 })

/** A whole number with thousands marks. */
export const showCount = (value: number): string => integer.format(value)

/** A number with thousands marks and every decimal that it has, never with an exponent. */
export const showNumber = (value: number): string => exact.format(value)

/** `1 row`, `1,204 rows`: a number of things whose name takes an s. */
export const countOf = (count: number, noun: string): string => `${showCount(count)} ${noun}${count === 1 ? '' : 's'}`
