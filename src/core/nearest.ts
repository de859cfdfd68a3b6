/**
 * Fewest insertions, deletions, replacements and swaps of neighbours between two names: optimal string alignment (Damerau
 * 1964), since swapped letters are one slip.
 */
const distance = (from: readonly string[], to: readonly string[]): number => {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of from.entries()) {
    const next = [i + 1]
    for (const [j, other] of to.entries()) {
      const replace = (row[j] ?? 0) + (letter === other ? 0 : 1)
      const swapped = i > 0 && j > 0 && letter === to[j - 1] && other === from[i - 1]
      const swap = swapped ? (before[j - 1] ?? 0) + 1 : replace
      next.push(Math.min(replace, swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}

/** Slips that a name of this length may hold: of one or two letters every other is one or two slips away. */
const mostSlips = (length: number): number => {
  if (length <= 2) return 0
  return length <= 4 ? 1 : Math.max(2, length / 3)
}

const toLetters = (name: string): readonly string[] => [...name.toLowerCase()]

/** The known name that is written most like this one, whatever its case; undefined when none is near. */
export const nearestName = (name: string, known: readonly string[]): string | undefined => {
  const letters = toLetters(name)
  let nearest: string | undefined
  let least = mostSlips(letters.filter(letter => letter !== '-').length)
  for (const other of known) {
    const slips = distance(letters, toLetters(other))
    if (slips > least || (slips === least && nearest !== undefined)) continue
    nearest = other
    least = slips
  }
  return nearest
}
