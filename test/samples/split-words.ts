const word = /(?:[^\s"'\\]|"[^"$`\\!]*"|'[^']*')+/gy

/**
 * Splits a command line as a shell does, for words with simple quotes.
 * @throws Error for anything a shell would read more into: backslashes, a dollar sign in double quotes, an open quote
 */
export const splitWords = (line: string): readonly string[] => {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    word.lastIndex = at
    const [raw] = word.exec(line) ?? []
    if (raw === undefined) throw new Error(`character ${at + 1} is more than simple quoting: ${line}`)
    words.push(
      raw.replaceAll(/"([^"]*)"|'([^']*)'/g, (_all, double?: string, single?: string) => double ?? single ?? ''),
    )
    at += raw.length
    while (line.charAt(at) === ' ') at += 1
  }
  return words
}
