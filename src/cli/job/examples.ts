import type { OptionSpec } from '../../core/option-spec.js'
import { isTemplate } from './keys.js'

/** Keys whose value an example tells best. */
const ownExamples = new Map([
  ['input', 'input: data.csv, or input: [one.csv, two.csv]'],
  ['param', 'param: {presence_penalty: 0.5}'],
  ['messages', 'messages: [{role: user, content: "{{question}}"}]'],
  ['schema', 'schema: answer.json, or the schema itself'],
])

/** A number that will do: the default, or the one within the bounds that is nearest to 1. */
const numberFor = ({ default: usual, min = 1, max = 1 }: OptionSpec): number =>
  typeof usual === 'number' ? usual : Math.min(Math.max(1, min), Math.max(1, max))

const textFor = (key: string, { placeholder = 'TEXT' }: OptionSpec): string =>
  isTemplate(key) ? '"Say {{word}}"' : `"${placeholder.replace(/,….*/, '')}"`

/** How a key of a job file is written: `Write it like max-tokens: 1`. */
export const exampleFor = (key: string, spec?: OptionSpec): string => {
  const own = ownExamples.get(key)
  if (own !== undefined || spec === undefined) return `Write it like ${own ?? `${key}: …`}`
  switch (spec.type) {
    case 'boolean':
      return `Write it like ${key}: true, without quotes`
    case 'number':
      return `Write it like ${key}: ${numberFor(spec)}`
    case 'list': {
      const text = textFor(key, spec)
      return `Write it like ${key}: ${text}, or ${key}: [${text}, ${text}]`
    }
    case 'string':
      return `Write it like ${key}: ${spec.choices?.[0] ?? textFor(key, spec)}`
    default:
      return spec.type satisfies never
  }
}
