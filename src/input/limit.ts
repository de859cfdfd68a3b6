/** The longest line of a JSONL file and the longest record of a table, in bytes, unless asked otherwise. */
export const defaultMaxLineBytes = 64 * 2 ** 20

/** A number of bytes for people, exact: `64 MiB`, `100 bytes`. */
export const showBytes = (bytes: number): string => {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`
  return bytes % 2 ** 10 === 0 ? `${bytes / 2 ** 10} KiB` : `${bytes} bytes`
}
