import { PromptmillError } from './errors.js'
import { isObject } from './json-object.js'
import { meantName } from './meant-name.js'
import { flagName, type OptionSpec, type OptionTable } from './option-spec.js'
import { describeNumber } from './option-values.js'

/** What a program alone can give, beside what the tables hold. */
type OwnKind = 'any' | 'text' | 'function' | 'signal'

/** What a function takes. */
export interface Taken {
  /** What the function is called in messages. */
  readonly name: string
  readonly table: OptionTable
  readonly own?: Readonly<Record<string, OwnKind>>
}

const wrong = (message: string, hint?: string): PromptmillError =>
  new PromptmillError('bad_flag', message, hint === undefined ? {} : { hint })

/** One spelling for `maxTokens`, `max-tokens` and `max_tokens`. */
const squash = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase()

const findMeant = (name: string, known: readonly string[]): string | undefined => {
  const byFlag = new Map(known.map(key => [flagName(key).slice(2), key]))
  const meant = meantName(flagName(name).slice(2), [...byFlag.keys()])
  return known.find(key => squash(key) === squash(name)) ?? (meant === undefined ? undefined : byFlag.get(meant))
}

const unknownOption = (name: string, { name: taker, table, own = {} }: Taken): PromptmillError => {
  const meant = findMeant(name, [...Object.keys(own), ...Object.keys(table)])
  const shown = JSON.stringify(name.slice(0, 60))
  return wrong(
    `${taker} has no option ${shown}`,
    meant === undefined
      ? 'Options have the names of the flags in camelCase: promptmill COMMAND --help shows those'
      : `Did you mean ${meant}?`,
  )
}

const isText = (value: unknown): boolean => typeof value === 'string'

/** What a value of the table must be, if it is something else; whether a text or number will do is looked at later. */
const missedType = (spec: OptionSpec, value: unknown): string | undefined => {
  switch (spec.type) {
    case 'number':
      return typeof value === 'number' ? undefined : `needs ${describeNumber(spec)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is true or false'
    case 'string':
      return isText(value) ? undefined : 'needs a text'
    case 'list':
      return isText(value) || (Array.isArray(value) && value.every(isText))
        ? undefined
        : 'needs a text, or a list of texts'
    default:
      return spec.type satisfies never
  }
}

const missedKind = (kind: OwnKind, value: unknown): string | undefined => {
  switch (kind) {
    case 'any':
      return undefined
    case 'text':
      return isText(value) ? undefined : 'needs a text'
    case 'function':
      return typeof value === 'function' ? undefined : 'needs a function'
    case 'signal':
      return value instanceof EventTarget && 'aborted' in value ? undefined : 'needs an AbortSignal'
    default:
      return kind satisfies never
  }
}

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/**
 * Looks at the names and types of what a program gives, which nobody has looked at where its language is JavaScript: an
 * option with a misspelt name would be left out in silence, a cap on cost among them. Null and undefined are not given.
 * @throws PromptmillError `bad_flag`, naming the option; never with its value
 */
export const checkGiven = (options: unknown, taken: Taken): void => {
  if (!isObject(options)) throw wrong(`${taken.name} needs an object of options`)
  const { table, own = {} } = taken
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(own, name) ? own[name] : undefined
    const spec = Object.hasOwn(table, name) ? table[name] : undefined
    if (kind === undefined && spec === undefined) throw unknownOption(name, taken)
    if (value === undefined || value === null) continue
    const missed = kind === undefined ? spec && missedType(spec, value) : missedKind(kind, value)
    if (missed !== undefined) throw wrong(`${name} ${missed}, not ${kindOf(value)}`)
  }
}
