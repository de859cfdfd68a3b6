/**
 * The names that a repeatable flag holds: each value is one name, or several with commas between them. A name that has
 * commas of its own is one name when it is known as such.
 */
export const splitNames = (values: readonly string[], known: readonly string[] = []): readonly string[] =>
  values.flatMap(value =>
    known.includes(value)
      ? [value]
      : value
          .split(',')
          .map(name => name.trim())
          .filter(name => name !== ''),
  )
