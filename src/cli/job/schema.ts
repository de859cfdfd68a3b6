import type { OptionSpec } from '../../core/option-spec.js'
import { jobOptions, keyName } from './keys.js'

type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const texts: Schema = { anyOf: [text, { type: 'array', items: text }] }

/** What a key takes beside the form of its flag. */
const ownForms: Readonly<Record<string, Schema>> = {
  param: { anyOf: [{ type: 'object' }, text, { type: 'array', items: text }] },
  schema: { anyOf: [text, { type: 'object' }] },
  messages: { anyOf: [text, { type: 'array', items: { type: 'object' }, minItems: 1 }] },
}

const toForm = ({ type, choices, integer, min, max }: OptionSpec): Schema => {
  switch (type) {
    case 'number':
      return {
        type: integer === true ? 'integer' : 'number',
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
      }
    case 'boolean':
      return { type }
    case 'list':
      return texts
    case 'string':
      return choices === undefined ? text : { type, enum: choices }
    default:
      return type satisfies never
  }
}

const describeKey = (option: string, spec: OptionSpec): Schema => ({
  description: spec.describe,
  ...(ownForms[option] ?? toForm(spec)),
  ...(spec.default === undefined ? {} : { default: spec.default }),
})

/** The JSON Schema of a job file, for editors; made from the table of the flags. */
export const jobSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'promptmill job file',
  description: 'The flags of promptmill run by their names, and the input; read by --config',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: text,
    input: { description: 'Path of the input, or several, from the folder of this file', ...texts },
    ...Object.fromEntries(
      Object.entries(jobOptions).map(([option, spec]) => [keyName(option), describeKey(option, spec)]),
    ),
  },
})
