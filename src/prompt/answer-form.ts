import { PromptmillError } from '../core/errors.js'
import { isObject } from '../core/json-object.js'
import type { JsonObject } from '../core/model.js'
import { canonicalSchema } from './schema/canonical.js'
import { findStrictFaults } from './schema/strict.js'

/** What answers are asked to be, where more than text is asked for. */
export type AnswerForm =
  /** Any JSON object. */
  | { readonly kind: 'object' }
  /** An object that a schema describes. */
  | {
      readonly kind: 'schema'
      readonly schema: JsonObject
      /** Its top-level properties, in its order. */
      readonly fields: readonly string[]
      /** The same for schemas that ask the same. */
      readonly canonical: string
    }

const mostShown = 12

/**
 * Takes a schema that strict mode takes.
 * @param name what the schema is called in messages
 * @param hint what to do about what is wrong
 * @throws PromptmillError `bad_schema` with everything that strict mode would refuse, each with its place
 */
export const toSchemaForm = (
  schema: JsonObject,
  name: string,
  hint = 'Mend the schema in these places (JSON pointers)',
): AnswerForm & { readonly kind: 'schema' } => {
  const faults = findStrictFaults(schema)
  if (faults.length > 0) {
    const lines = faults.slice(0, mostShown).map(({ pointer, problem }) => `  ${pointer || '(root)'}: ${problem}`)
    const more = faults.length > mostShown ? [`  … and ${faults.length - mostShown} more`] : []
    throw new PromptmillError(
      'bad_schema',
      [`${name}: strict mode does not take this schema`, ...lines, ...more].join('\n'),
      {
        hint: `Nothing was sent. ${hint}`,
      },
    )
  }
  const { properties } = schema
  const fields = isObject(properties) ? Object.keys(properties) : []
  return { kind: 'schema', schema, fields, canonical: canonicalSchema(schema) }
}

/** The properties that answers are asked for: a column each. */
export const fieldsOf = (form: AnswerForm | undefined): readonly string[] =>
  form?.kind === 'schema' ? form.fields : []

const longestName = 64

/** A name as the API takes it: letters, digits, `_` and `-`, at most 64. Made of the title alone, so that it moves with no file. */
const toName = ({ title }: JsonObject): string =>
  (typeof title === 'string'
    ? title
        .trim()
        .replaceAll(/[^\w-]+/g, '_')
        .slice(0, longestName)
    : '') || 'answer'

/** The parameter `response_format` as the JSON text that is sent. */
export const writeResponseFormat = (form: AnswerForm): string => {
  if (form.kind === 'object') return '{"type":"json_object"}'
  const name = JSON.stringify(toName(form.schema))
  return `{"json_schema":{"name":${name},"schema":${form.canonical},"strict":true},"type":"json_schema"}`
}
