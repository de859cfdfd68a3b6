/** Lengths of answers, in completion tokens, kept as counts: memory grows with the different lengths, not with answers. */
export interface AnswerLengths {
  readonly count: number
  readonly mean: number
  /** The mean if every longer answer had been cut at so many tokens. */
  meanUpTo(longest: number): number
  /** Standard deviation of the sample (n − 1); 0 for fewer than two. */
  readonly deviation: number
  add(tokens: number): void
  /** The length that this share of the answers does not exceed; 0 when there are none. */
  quantile(share: number): number
  /** Every answer's length, ascending. */
  values(): Float64Array
}

export const createAnswerLengths = (): AnswerLengths => {
  const counts = new Map<number, number>()
  let count = 0
  let total = 0
  const ascending = (): [tokens: number, times: number][] => [...counts].toSorted(([a], [b]) => a - b)
  return {
    get count() {
      return count
    },
    get mean() {
      return count === 0 ? 0 : total / count
    },
    meanUpTo(longest) {
      let cut = 0
      for (const [tokens, times] of counts) cut += times * Math.min(tokens, longest)
      return count === 0 ? 0 : cut / count
    },
    get deviation() {
      if (count < 2) return 0
      const mean = total / count
      const squares = [...counts].reduce((sum, [tokens, times]) => sum + times * (tokens - mean) ** 2, 0)
      return Math.sqrt(squares / (count - 1))
    },
    add(tokens) {
      counts.set(tokens, (counts.get(tokens) ?? 0) + 1)
      count += 1
      total += tokens
    },
    quantile(share) {
      let left = Math.max(1, Math.ceil(share * count))
      for (const [tokens, times] of ascending()) {
        left -= times
        if (left <= 0) return tokens
      }
      return 0
    },
    values() {
      const all = new Float64Array(count)
      let at = 0
      for (const [tokens, times] of ascending()) {
        all.fill(tokens, at, at + times)
        at += times
      }
      return all
    },
  }
}
