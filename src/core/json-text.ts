/**
 * Reads JSON as the text it is. `JSON.parse` rounds numbers that a double cannot hold, drops all but the last of
 * duplicate keys and forgets how a value was written; what must come out as it went in is taken from here.
 * Every function expects the text of an object that `JSON.parse` has accepted.
 */

const quote = 34
const backslash = 92

/** Whether the character at `at` is escaped: an odd number of backslashes stands before it. */
const isEscaped = (text: string, at: number): boolean => {
  let start = at
  while (text.charCodeAt(start - 1) === backslash) start--
  return (at - start) % 2 === 1
}

/** Where the string that opens at `open` closes. Jumps from quote to quote, so that long strings cost little. */
const closingQuote = (text: string, open: number): number => {
  let close = text.indexOf('"', open + 1)
  while (isEscaped(text, close)) close = text.indexOf('"', close + 1)
  return close
}

/** Positions in the text: of the key with its quotes, and of the value with the white space around it. */
interface Member {
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
}

/**
 * Visits the top-level members in order. The visited record is one and the same. No recursion: the depth of a hostile
 * text costs no stack.
 */
const walk = (text: string, visit: (member: Readonly<Member>) => void): void => {
  const member: Member = { keyStart: -1, keyEnd: -1, valueStart: -1, valueEnd: -1 }
  let depth = 0
  const leave = (at: number): void => {
    if (depth !== 1 || member.keyStart === -1) return
    member.valueEnd = at
    visit(member)
    member.keyStart = -1
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const close = closingQuote(text, at)
      if (depth === 1 && member.keyStart === -1) {
        member.keyStart = at
        member.keyEnd = close + 1
      }
      at = close
    } else if (code === 58 /* : */) {
      if (depth === 1) member.valueStart = at + 1
    } else if (code === 44 /* , */) {
      leave(at)
    } else if (code === 123 /* { */ || code === 91 /* [ */) {
      depth++
    } else if (code === 125 /* } */ || code === 93 /* ] */) {
      leave(at)
      depth--
    }
  }
}

const unquote = (raw: string): string => {
  // Escapes are rare in keys: `JSON.parse` only where it is needed.
  if (!raw.includes('\\')) return raw.slice(1, -1)
  const key: string = JSON.parse(raw)
  return key
}

const readKey = (text: string, { keyStart, keyEnd }: Readonly<Member>): string => unquote(text.slice(keyStart, keyEnd))

/**
 * The top-level keys, in order, each with its value's JSON text exactly as written (without the white space around it).
 * Of duplicate keys the last value counts, as it does for `JSON.parse`.
 */
export const memberTexts = (text: string): Map<string, string> => {
  const members = new Map<string, string>()
  walk(text, member => {
    members.set(readKey(text, member), text.slice(member.valueStart, member.valueEnd).trim())
  })
  return members
}

/** The first top-level key that stands there a second time, however it is escaped. RFC 8259 section 4 leaves its meaning open. */
export const findDuplicateKey = (text: string): string | undefined => {
  const seen = new Set<string>()
  let duplicate: string | undefined
  walk(text, member => {
    const key = readKey(text, member)
    if (seen.has(key)) duplicate ??= key
    seen.add(key)
  })
  return duplicate
}

/** The first key that stands a second time in its object, at whatever depth, and where. */
export const findRepeatedKey = (text: string): { readonly key: string; readonly at: number } | undefined => {
  // Of each open bracket the keys so far; undefined for a list. No recursion: the depth of a hostile text costs no stack.
  const open: (Set<string> | undefined)[] = []
  let keys: Set<string> | undefined
  let isKey = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const close = closingQuote(text, at)
      if (isKey && keys !== undefined) {
        const key = unquote(text.slice(at, close + 1))
        if (keys.has(key)) return { key, at }
        keys.add(key)
        isKey = false
      }
      at = close
    } else if (code === 44 /* , */) {
      isKey = true
    } else if (code === 123 /* { */ || code === 91 /* [ */) {
      isKey = code === 123
      keys = isKey ? new Set() : undefined
      open.push(keys)
    } else if (code === 125 /* } */ || code === 93 /* ] */) {
      open.pop()
      keys = open.at(-1)
      isKey = false
    }
  }
  return undefined
}

/**
 * How many top-level members the object has, duplicates counted, and how deep its brackets nest (the object itself: 1).
 * Every row of a file comes through here: so it is a loop of its own, and calls nobody.
 */
export const measureObject = (text: string): { readonly members: number; readonly depth: number } => {
  let colons = 0
  let depth = 0
  let deepest = 0
  const { length } = text
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = text.indexOf('"', at + 1)
      while (text.charCodeAt(at - 1) === backslash && isEscaped(text, at)) at = text.indexOf('"', at + 1)
    } else if (code === 58 /* : */) {
      // Each member has one, and outside of strings there is no other.
      if (depth === 1) colons++
    } else if (code === 123 /* { */ || code === 91 /* [ */) {
      depth++
      if (depth > deepest) deepest = depth
    } else if (code === 125 /* } */ || code === 93 /* ] */) {
      depth--
    }
  }
  return { members: colons, depth: deepest }
}

const blanks = /[ \t\n\r]+/g

/** The same JSON text on one line: without the white space between its parts. Strings and numbers stay as they were written. */
export const compactJson = (text: string): string => {
  let compact = ''
  let at = 0
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', at)) {
    const close = closingQuote(text, open)
    compact += text.slice(at, open).replaceAll(blanks, '') + text.slice(open, close + 1)
    at = close + 1
  }
  return compact + text.slice(at).replaceAll(blanks, '')
}
