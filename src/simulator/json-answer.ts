import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import type { AnswerWords } from './answer-text.js'
import { makeValue } from './json-value.js'
import { createPicker, type Random } from './random.js'

/** What a request asks its answer to be: an object of any shape, or one that a schema describes. */
export type JsonForm = { readonly schema: JsonObject | undefined }

/** The form that `response_format` asks for; undefined where text will do. */
export const jsonFormOf = ({ response_format: format }: JsonObject): JsonForm | undefined => {
  if (!isObject(format)) return undefined
  if (format['type'] === 'json_object') return { schema: undefined }
  const { json_schema: asked } = format
  const schema = isObject(asked) ? asked['schema'] : undefined
  return format['type'] === 'json_schema' ? { schema: isObject(schema) ? schema : undefined } : undefined
}

/** Words of a prompt in a row. */
const mostWords = 5

const createTexts = ({ words, vocabulary }: AnswerWords, random: Random): (() => string) => {
  const next = createPicker(random, words)
  const joint = vocabulary.end === '.' ? ' ' : ''
  return () => Array.from({ length: 1 + Math.floor(random() * mostWords) }, next).join(joint)
}

/** An object of no schema: what a model makes up when it is asked for just that. */
const makeAny = (nextText: () => string, random: Random): JsonObject => ({
  answer: nextText(),
  details: [nextText(), nextText()],
  confidence: Math.round(random() * 100) / 100,
})

/** Ways of models to get it wrong: the first three are no JSON object, the fourth breaks every schema that strict mode takes. */
const spoil = (value: JsonValue, ways: number, random: Random): string => {
  const text = JSON.stringify(value)
  switch (Math.floor(random() * ways)) {
    case 0:
      return text.slice(0, Math.max(1, Math.floor(text.length / 2)))
    case 1:
      return `Here is the JSON:\n\`\`\`json\n${text}\n\`\`\``
    case 2:
      return JSON.stringify([value])
    default:
      return isObject(value) ? JSON.stringify({ ...value, unasked: true }) : text.slice(1)
  }
}

/** Writes an answer in JSON that fits what is asked for, or one that does not. */
export const writeJson = (
  { schema }: JsonForm,
  words: AnswerWords,
  { random, valid }: { readonly random: Random; readonly valid: boolean },
): string => {
  const nextText = createTexts(words, random)
  const value = schema === undefined ? makeAny(nextText, random) : makeValue(schema, { random, nextText })
  return valid ? JSON.stringify(value) : spoil(value, schema === undefined ? 3 : 4, random)
}
