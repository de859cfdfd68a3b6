import type { ErrorObject, ValidateFunction } from 'ajv'
import { PromptmillError } from '../../core/errors.js'
import { findJsonFault } from '../../core/json-fault.js'
import { isObject } from '../../core/json-object.js'
import type { Judge, Verdict } from '../../core/judge.js'
import type { JsonObject, JsonValue } from '../../core/model.js'
import { explainMismatch, explainSchemaFault, findBrokenPattern } from './explain.js'
import { formats } from './strict-rules.js'

type Unfit = Verdict & { readonly ok: false }

const whyNotJson = (text: string): string => {
  if (text.trimStart().startsWith('```')) return ': it is wrapped in a code fence'
  const at = findJsonFault(text)
  if (at === undefined) return ''
  return at >= text.trimEnd().length ? ': it ends too early' : `: character ${at + 1} cannot stand there`
}

const notJson = (text: string, code: Unfit['code']): Unfit => ({
  ok: false,
  code,
  message: `The answer is not JSON${whyNotJson(text)}`,
})

const parse = (text: string): { readonly value: JsonValue } | undefined => {
  try {
    return { value: JSON.parse(text) as JsonValue }
  } catch {
    return undefined
  }
}

/** Judges answers that are asked for as JSON objects of any shape. */
export const judgeObject: Judge = text => {
  const parsed = parse(text)
  if (parsed === undefined) return notJson(text, 'invalid_json')
  if (isObject(parsed.value)) return { ok: true, value: parsed.value }
  return { ok: false, code: 'invalid_json', message: 'The answer is JSON, but not an object' }
}

const longestMessage = 500

/** Of the errors that a union brings, the deepest says most; among equals the last, which sums the others up. */
const tellMismatch = (errors: readonly ErrorObject[]): string => {
  const depth = ({ instancePath }: ErrorObject): number => instancePath.split('/').length
  const [first, ...rest] = errors
  if (first === undefined) return 'The answer breaks the schema'
  const error = rest.reduce((best, next) => (depth(next) >= depth(best) ? next : best), first)
  const place = error.instancePath === '' ? 'The answer' : error.instancePath
  return `${place} ${explainMismatch(error)}`
}

/** The verdict on JSON that is not what was asked for. */
export const mismatch = (message: string): Unfit => ({
  ok: false,
  code: 'schema_mismatch',
  message: message.slice(0, longestMessage),
})

/** The dialects of JSON Schema that are understood, by their `$schema` without the fragment. */
const dialects = {
  'https://json-schema.org/draft/2020-12/schema': async () => (await import('ajv/dist/2020.js')).Ajv2020,
  'https://json-schema.org/draft/2019-09/schema': async () => (await import('ajv/dist/2019.js')).Ajv2019,
  'http://json-schema.org/draft-07/schema': async () => (await import('ajv')).Ajv,
} as const

const defaultDialect = 'https://json-schema.org/draft/2020-12/schema'

const isDialect = (name: string): name is keyof typeof dialects => Object.hasOwn(dialects, name)

const dialectOf = (schema: JsonObject, name: string) => {
  const { $schema: asked = defaultDialect } = schema
  const dialect = (typeof asked === 'string' ? asked : '')
    .replace(/#$/, '')
    .replace(/^https:\/\/json-schema\.org\/draft-07/, 'http://json-schema.org/draft-07')
  if (isDialect(dialect)) return dialects[dialect]()
  throw new PromptmillError('bad_schema', `${name}: /$schema names a dialect that is not understood`, {
    hint: `Leave it out, or write one of ${Object.keys(dialects).join(', ')}`,
  })
}

const notASchema = (name: string, problem: string, cause?: unknown): PromptmillError =>
  new PromptmillError('bad_schema', `${name} is not a JSON Schema: ${problem}`, { hint: 'Mend it there', cause })

const compile = async (schema: JsonObject, name: string): Promise<ValidateFunction> => {
  const Dialect = await dialectOf(schema, name)
  const { default: addFormats } = await import('ajv-formats')
  // Floats: 0.07 is a multiple of 0.01 but for its last bits.
  const ajv = new Dialect({ strict: false, logger: false, multipleOfPrecision: 9 })
  addFormats.default(ajv, [...formats])
  // The dialect is chosen; and what the schema may be called is for others to refer to it by, of which there are none.
  const { $id: _id, $schema: _dialect, ...plain } = schema
  if (ajv.validateSchema(plain) !== true) {
    const [error] = ajv.errors ?? []
    const problem = error === undefined ? 'it breaks its dialect' : explainSchemaFault(error, plain)
    throw notASchema(name, problem)
  }
  try {
    return ajv.compile(plain)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it cannot be compiled'
    throw notASchema(name, findBrokenPattern(plain) ?? reason, cause)
  }
}

/**
 * Compiles a schema into a judge of answers. Loads the validator, which is why it is a promise.
 * @param name what the schema is called in messages
 * @throws PromptmillError `bad_schema` when it is not a schema of its dialect
 */
export const compileJudge = async (schema: JsonObject, name: string): Promise<Judge> => {
  const validate = await compile(schema, name)
  return text => {
    const parsed = parse(text)
    if (parsed === undefined) return notJson(text, 'schema_mismatch')
    try {
      if (validate(parsed.value)) return { ok: true, value: parsed.value }
    } catch (error) {
      // An answer may nest deeper than the stack is.
      if (error instanceof RangeError) return mismatch('The answer nests too deep')
      throw error
    }
    return mismatch(tellMismatch(validate.errors ?? []))
  }
}
