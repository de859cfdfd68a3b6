/** Longer ones are not looked at by anybody. */
const longest = 40

/** What may be a key: by what keys begin with, or by a length without a blank that no value of a flag has. */
const likeKey = /\b(?:sk|pk|key|api|hf|gsk|ghp|xai)[-_]|\bBearer\b|[\w-]{20,}/i

/**
 * A value that is refused, as the end of the sentence that refuses it: `, not "many"`. Empty for one that may be a key,
 * which must not show, and for one that is none.
 */
export const notGiven = (value: unknown): string => {
  if (typeof value === 'number') return `, not ${value}`
  if (typeof value !== 'string' || value === '' || likeKey.test(value)) return ''
  if (/^-?[\d.]{1,20}$/.test(value)) return `, not ${value}`
  return `, not ${JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value)}`
}
