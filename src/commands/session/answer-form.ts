import { PromptmillError } from '../../core/errors.js'
import { isObject } from '../../core/json-object.js'
import type { Judge } from '../../core/judge.js'
import type { JsonObject } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import type { RunFlagSettings } from '../../core/options.js'
import { type AnswerForm, toSchemaForm } from '../../prompt/answer-form.js'
import type { StandardSchema } from '../../prompt/schema/standard.js'
import { unwrapSchema } from '../../prompt/schema/unwrap.js'
import { readTextFile } from './text-file.js'

/** What answers are asked to be, and who judges them. */
export interface AnswerRules {
  readonly form: AnswerForm | undefined
  readonly judge: Judge | undefined
}

const readSchemaFile = async (file: string): Promise<JsonObject> => {
  const text = await readTextFile(flagName('schema'), file)
  const { parseSchema } = await import('../../prompt/schema/parse-schema.js')
  return parseSchema(text, file)
}

const compileSchema = async (schema: JsonObject, name: string): Promise<Judge> => {
  // Loaded here and not at the top: most runs ask for text.
  const { compileJudge } = await import('../../prompt/schema/judge.js')
  return compileJudge(schema, name)
}

const judgeObjects = async (): Promise<Judge> => (await import('../../prompt/schema/judge.js')).judgeObject

/** A schema as a caller gives it: the path of a file, the JSON Schema itself, or the schema of a validation library. */
export type SchemaOption<Parsed = unknown> = string | JsonObject | StandardSchema<Parsed>

/** A schema of a validation library: its JSON Schema is asked for, and its own check has the last word. */
const readStandardSchema = async (schema: StandardSchema): Promise<AnswerRules> => {
  const { toJsonSchema } = await import('../../prompt/schema/standard.js')
  const { checkSync, withOwnCheck } = await import('../../prompt/schema/own-check.js')
  checkSync(schema)
  const value = await toJsonSchema(schema)
  const name = 'the schema'
  const form = toSchemaForm(value, name, 'In Zod, what may be missing is .nullable(), not .optional()')
  return { form, judge: withOwnCheck(await compileSchema(value, name), schema) }
}

const isStandard = (value: SchemaOption): value is StandardSchema => typeof value !== 'string' && '~standard' in value

/**
 * Reads what answers are asked to be.
 * @throws PromptmillError `bad_schema` with the place in the schema, `bad_flag` for flags that exclude each other
 */
export const readAnswerRules = async (
  { jsonMode }: Pick<RunFlagSettings, 'jsonMode'>,
  schema: SchemaOption | undefined,
): Promise<AnswerRules> => {
  if (schema !== undefined && jsonMode) {
    throw new PromptmillError('bad_flag', '--schema and --json-mode are both given', {
      hint: 'A schema asks for JSON already: leave --json-mode out',
    })
  }
  if (jsonMode) return { form: { kind: 'object' }, judge: await judgeObjects() }
  if (schema === undefined) return { form: undefined, judge: undefined }
  if (isStandard(schema)) return readStandardSchema(schema)
  const { schema: value, name } = unwrapSchema(
    typeof schema === 'string'
      ? { schema: await readSchemaFile(schema), name: schema }
      : { schema, name: 'the schema' },
  )
  const form = toSchemaForm(value, name)
  return { form, judge: await compileSchema(value, name) }
}

/**
 * The judge of a run that is there, by what its manifest keeps.
 * @throws PromptmillError `bad_schema`
 */
export const recallJudge = async (settings: Readonly<Record<string, unknown>>): Promise<Judge | undefined> => {
  const { schema, jsonMode } = settings
  if (jsonMode === true) return judgeObjects()
  return isObject(schema) ? compileSchema(schema, "the run's schema") : undefined
}
