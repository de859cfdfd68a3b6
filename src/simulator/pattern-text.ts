import type { Random } from './random.js'

/**
 * Writes texts that match a regular expression of the plain kind: characters, classes, groups, alternatives and
 * counts. Whatever else it holds (look-around, back references) is passed over, so that what comes out may not match.
 */

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const wordCharacters = `${lower}${lower.toUpperCase()}${digits}_`
const anything = `${lower}${digits}`

const classes: Readonly<Record<string, string>> = {
  d: digits,
  w: wordCharacters,
  s: ' ',
  D: lower,
  W: '-',
  S: anything,
}
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '', B: '' }

/** Repeats where there is no upper bound: few. */
const mostRepeats = 3

/** Where reading stands in the expression. */
interface Reader {
  readonly source: string
  at: number
  readonly random: Random
}

const pick = (random: Random, characters: string): string => characters.charAt(Math.floor(random() * characters.length))

const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (Math.max(least, most) - least + 1))

const readEscape = (reader: Reader): string => {
  const character = reader.source.charAt(reader.at++)
  if (character === 'u' || character === 'x') {
    const code = reader.source.slice(reader.at, reader.at + (character === 'u' ? 4 : 2))
    reader.at += code.length
    return String.fromCharCode(Number.parseInt(code, 16))
  }
  return classes[character] ?? controls[character] ?? character
}

/** The characters of a class; of a negated one those letters and digits that are not in it. */
const readClass = (reader: Reader): string => {
  const negated = reader.source.charAt(reader.at) === '^'
  if (negated) reader.at++
  let characters = ''
  while (reader.at < reader.source.length && reader.source.charAt(reader.at) !== ']') {
    const character = reader.source.charAt(reader.at++)
    const next = character === '\\' ? readEscape(reader) : character
    const isRange = reader.source.charAt(reader.at) === '-' && !['', ']'].includes(reader.source.charAt(reader.at + 1))
    if (!isRange || next.length !== 1) {
      characters += next
      continue
    }
    reader.at++
    const end = reader.source.charAt(reader.at++)
    const last = (end === '\\' ? readEscape(reader) : end).charCodeAt(0)
    for (let code = next.charCodeAt(0); code <= Math.min(last, next.charCodeAt(0) + 127); code++) {
      characters += String.fromCharCode(code)
    }
  }
  reader.at++
  return negated ? [...anything].filter(character => !characters.includes(character)).join('') : characters
}

/** How often the piece before stands: once unless a sign says otherwise. */
const readCount = (reader: Reader): readonly [least: number, most: number] => {
  const sign = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(reader.source.slice(reader.at, reader.at + 24))
  if (sign === null) return [1, 1]
  reader.at += sign[0].length
  const [text, from, comma, to] = sign
  if (text.startsWith('*')) return [0, mostRepeats]
  if (text.startsWith('+')) return [1, mostRepeats]
  if (text.startsWith('?')) return [0, 1]
  const least = Number(from)
  if (comma === '') return [least, least]
  return [least, to === '' ? least + mostRepeats : Number(to)]
}

/** Reads one piece and gives a writer of it, to be called as often as it is repeated. */
const readPiece = (reader: Reader): (() => string) => {
  const { random } = reader
  const character = reader.source.charAt(reader.at++)
  switch (character) {
    case '(': {
      const start = reader.at
      writeAlternatives(reader)
      const inner = reader.source.slice(start, reader.at)
      reader.at++
      if (/^\?(?:[=!]|<[=!])/.test(inner)) return () => ''
      const body = inner.replace(/^\?(?::|<\w+>)/, '')
      return () => writeAlternatives({ source: body, at: 0, random })
    }
    case '[': {
      const characters = readClass(reader)
      return () => pick(random, characters)
    }
    case '\\': {
      const characters = readEscape(reader)
      return () => (characters === '' ? '' : pick(random, characters))
    }
    case '.':
      return () => pick(random, anything)
    case '^':
    case '$':
      return () => ''
    default:
      return () => character
  }
}

/** One of the alternatives up to the closing bracket or the end. */
const writeAlternatives = (reader: Reader): string => {
  const written = ['']
  while (reader.at < reader.source.length && reader.source.charAt(reader.at) !== ')') {
    if (reader.source.charAt(reader.at) === '|') {
      reader.at++
      written.push('')
      continue
    }
    const write = readPiece(reader)
    const [least, most] = readCount(reader)
    let text = written.pop() ?? ''
    for (let left = between(reader.random, least, Math.min(most, least + mostRepeats)); left > 0; left--)
      text += write()
    written.push(text)
  }
  return written[between(reader.random, 0, written.length - 1)] ?? ''
}

/** A text for a pattern of a schema. */
export const writePattern = (source: string, random: Random): string => writeAlternatives({ source, at: 0, random })
