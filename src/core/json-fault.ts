/**
 * Finds where a text stops being JSON (RFC 8259). `JSON.parse` says it only now and then, in words that change with
 * the version of Node and that quote the text, which must not get into a message.
 */

const whitespace = ' \t\n\r'
const simpleEscapes = '"\\/bfnrt'
const hexadecimal = /^[\da-f]$/i
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy
const word = /true|false|null/y

/** Either where reading goes on, or where it cannot. */
type Step = { readonly next: number } | { readonly fault: number }

const readString = (text: string, open: number): Step => {
  for (let at = open + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') return { next: at + 1 }
    if (character < ' ') return { fault: at }
    if (character !== '\\') continue
    at++
    const digits = text.charAt(at) === 'u' ? 4 : 0
    if (digits === 0 && !simpleEscapes.includes(text.charAt(at))) return { fault: at }
    for (let digit = 0; digit < digits; digit++) {
      at++
      if (!hexadecimal.test(text.charAt(at))) return { fault: at }
    }
  }
  return { fault: text.length }
}

const readScalar = (text: string, at: number): Step => {
  if (text.charAt(at) === '"') return readString(text, at)
  for (const pattern of [number, word]) {
    pattern.lastIndex = at
    if (pattern.test(text)) return { next: pattern.lastIndex }
  }
  return { fault: at }
}

/** What may stand next: a value, a key, the colon after a key, or what follows a value. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'after'

const closers: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/**
 * Where the text stops being JSON: the index of the first character that no JSON text could have there, the text's
 * length when it ends too early, undefined when it is JSON.
 */
export const findJsonFault = (text: string): number | undefined => {
  // The brackets that are open, as what will close them: no recursion, whatever the depth.
  const open: string[] = []
  let expected: Expected = 'value'
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    const closing = open.at(-1)
    if (whitespace.includes(character)) {
      at++
    } else if (character === closing && (expected === 'after' || expected.endsWith(character))) {
      open.pop()
      expected = 'after'
      at++
    } else if (expected === 'after') {
      if (character !== ',' || closing === undefined) return at
      expected = closing === '}' ? 'key' : 'value'
      at++
    } else if (expected === 'colon') {
      if (character !== ':') return at
      expected = 'value'
      at++
    } else if (expected.startsWith('value') && closers[character] !== undefined) {
      open.push(closers[character])
      expected = character === '{' ? 'key or }' : 'value or ]'
      at++
    } else {
      if (expected.startsWith('key') && character !== '"') return at
      const step = readScalar(text, at)
      if ('fault' in step) return step.fault
      expected = expected.startsWith('key') ? 'colon' : 'after'
      at = step.next
    }
  }
  return expected === 'after' && open.length === 0 ? undefined : text.length
}

/** A place in a text as people count: line and column from 1. */
interface TextPlace {
  readonly line: number
  readonly column: number
  /** Whether nothing is wrong with what is there, and more was to come. */
  readonly endsEarly: boolean
}

const linesBefore = (text: string, at: number): string[] => text.slice(0, at).split(/\r\n|\r|\n/)

/** The line of this character, counted from 1. */
export const lineAt = (text: string, at: number): number => linesBefore(text, at).length

/** Where a file stops being JSON; when it ends too early, the end of what it holds. Undefined when it is JSON. */
export const locateJsonFault = (text: string): TextPlace | undefined => {
  const at = findJsonFault(text)
  if (at === undefined) return undefined
  const end = text.trimEnd().length
  const lines = linesBefore(text, Math.min(at, end))
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1, endsEarly: at >= end }
}
