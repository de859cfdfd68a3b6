const unitMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
}

/**
 * Reads a duration as Go writes it and rate headers carry it: `6m0s`, `1.2s`, `12ms`, `1h0m0s`. In ms; undefined for
 * anything else. A plain number parse would read 6, 1.2, 12 and 1.
 */
export const parseDuration = (text: string): number | undefined => {
  const part = /(\d+(?:\.\d+)?)(ms|us|µs|ns|[dhms])/gy
  let total = 0
  while (part.lastIndex < text.length) {
    const match = part.exec(text)
    if (match === null) return undefined
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0)
  }
  return text === '' ? undefined : total
}

/** A wait in the unit of `--max-wait`. */
export const showSeconds = (ms: number): string => (ms < 1e9 ? `${Math.ceil(ms / 1000)} s` : 'more than ten days')

/** How long a wait would be, and in the endpoint's own words why, which may name the limit of a day. */
export const tellWait = (ms: number, said?: string): string =>
  `it would be ${showSeconds(ms)}${said === undefined ? '' : ` (${said})`}`

const httpDate = /^(?:[A-Z][a-z]{2,8}, )?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} (?:GMT|UTC)$/
const isoDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/

/** Epoch ms of an HTTP date (RFC 9110, 5.6.7) or an ISO one. Stricter than `Date.parse`, which makes a date of anything. */
export const parseDate = (text: string): number | undefined => {
  if (!httpDate.test(text) && !isoDate.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** A plain non-negative decimal, `2` or `0.5`; nothing else that `Number` would take, such as `1e9` or `0x10`. */
export const parsePlain = (text: string): number | undefined =>
  /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
