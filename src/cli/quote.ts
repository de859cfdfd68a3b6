const plain = /^[\w@%+=:,./-]+$/

/** Words as a POSIX shell reads them back: single quotes where they are needed. */
export const quoteWords = (words: readonly string[]): string =>
  words.map(word => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
