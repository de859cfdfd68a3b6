/** Fewest single-character insertions, deletions and replacements between two names (Levenshtein 1966). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const replace = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** The known name that is written most like this one; undefined when none is near. */
export const nearestName = (name: string, known: readonly string[]): string | undefined => {
  const nearest = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0]
  const near = nearest !== undefined && distance(name, nearest) <= Math.max(2, name.length / 3)
  return near ? nearest : undefined
}
