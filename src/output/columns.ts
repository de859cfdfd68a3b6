import { PromptmillError } from '../core/errors.js'
import { compactJson, memberTexts } from '../core/json-text.js'
import { formatUsd } from '../core/money.js'
import { splitNames } from '../core/name-list.js'
import { nearestName } from '../core/nearest.js'
import { flagName } from '../core/option-spec.js'
import type { Outcome } from '../core/outcome.js'

/** A cell of an added column: null where there is nothing to say. */
export type CellValue = string | number | null

interface ResultColumn {
  readonly name: string
  readonly describe: string
  value(outcome: Outcome): CellValue
}

/** The columns a run adds, in their order. Read by the writers, the collision check and the README. */
export const resultColumns = [
  { name: 'response', describe: 'the text of the answer', value: outcome => outcome.response ?? null },
  { name: 'status', describe: '`ok`, `failed` or `pending`', value: outcome => outcome.status },
  {
    name: 'finish_reason',
    describe: 'why the model stopped: `stop`, `length`, `tool_calls`, …',
    value: outcome => outcome.finishReason ?? null,
  },
  {
    name: 'error_code',
    describe: 'why the row failed; on an `ok` row: `truncated`, `refused` or `content_filter`',
    value: outcome => outcome.errorCode ?? null,
  },
  { name: 'error_message', describe: 'the same in words', value: outcome => outcome.errorMessage ?? null },
  { name: 'model', describe: 'the model that answered, as it names itself', value: outcome => outcome.model ?? null },
  {
    name: 'prompt_tokens',
    describe: 'prompt tokens, over all attempts of the row; 0 where the call of an equal row was shared (`--dedupe`)',
    value: outcome => outcome.usage?.promptTokens ?? null,
  },
  {
    name: 'cached_tokens',
    describe: 'the part of them read from cache',
    value: outcome => outcome.usage?.cachedTokens ?? null,
  },
  {
    name: 'completion_tokens',
    describe: 'completion tokens, over all attempts',
    value: outcome => outcome.usage?.completionTokens ?? null,
  },
  {
    name: 'reasoning_tokens',
    describe: 'the part of them spent on reasoning',
    value: outcome => outcome.usage?.reasoningTokens ?? null,
  },
  {
    name: 'cost_usd',
    describe:
      'exact cost in USD, over all attempts, in JSONL as a text that keeps every digit; empty when the price is unknown, 0 where a call was shared',
    value: outcome => (outcome.costUsd === undefined ? null : formatUsd(outcome.costUsd)),
  },
  {
    name: 'attempts',
    describe: 'calls made for the row; 0 where a call was shared',
    value: outcome => outcome.attempts,
  },
  {
    name: 'latency_ms',
    describe: 'time of the call that brought the answer',
    value: outcome => (outcome.latencyMs === undefined ? null : Math.round(outcome.latencyMs)),
  },
  {
    name: 'request_id',
    describe: "the endpoint's own id of that call, for its support",
    value: outcome => outcome.requestId ?? null,
  },
] as const satisfies readonly ResultColumn[]

/** What the results add to a row: a prefix for its names, and the properties that answers are asked for. */
export interface AddedShape {
  readonly prefix: string
  /** Top-level properties of the schema that answers fit. */
  readonly fields: readonly string[]
  /** The columns to be written, as `--select` names them; undefined: all. */
  readonly select?: readonly string[] | undefined
}

const plainSourceName = 'source'

/** The name of the column that says which of several inputs a row comes from; it goes before the added ones. */
export const sourceName = (prefix: string): string => prefix + plainSourceName

const fixedNames: readonly string[] = resultColumns.map(({ name }) => name)

/** A property that is called as a fixed column keeps its name where a prefix has given the column another one. */
const fieldName = (prefix: string, field: string): string =>
  [...fixedNames, plainSourceName].includes(field) ? field : prefix + field

/**
 * The names of the added columns: the fixed ones, then one for each property of the schema.
 * @throws PromptmillError `bad_output` when two of them are the same
 */
export const addedNames = ({ prefix, fields }: AddedShape): readonly string[] => {
  const names = [...fixedNames.map(name => prefix + name), ...fields.map(field => fieldName(prefix, field))]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw nameTaken(twice, 'The schema', 'property')
  return names
}

/** The fixed cells of one row, in the order of `addedNames`. */
export const addedCells = (outcome: Outcome): readonly CellValue[] => resultColumns.map(column => column.value(outcome))

/**
 * The values of the schema's properties in an answer, each as compact JSON text; undefined where the answer is not as
 * it should be. Taken from the text of the answer, so that numbers stay as they were written.
 */
export const readFields = (
  { parsed, response }: Outcome,
  fields: readonly string[],
): readonly (string | undefined)[] => {
  if (parsed === undefined || response === undefined) return fields.map(() => undefined)
  const texts = memberTexts(response)
  return fields.map(field => {
    const text = texts.get(field)
    return text === undefined ? undefined : compactJson(text)
  })
}

const unknownSelected = (name: string, names: readonly string[]): PromptmillError => {
  const nearest = nearestName(name, names)
  const shown = names.slice(0, 40).join(', ') + (names.length > 40 ? `, … (${names.length} in all)` : '')
  return new PromptmillError('bad_flag', `${flagName('select')} names "${name}", which is no column of the results`, {
    hint: `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}Columns: ${shown}`,
  })
}

/**
 * The columns that `--select` chooses, in its order; undefined when it chooses none.
 * @param columns the input's own
 * @throws PromptmillError `bad_flag` for a name that the results do not have, or that is there twice
 */
export const toSelected = (shape: AddedShape, columns: readonly string[]): readonly string[] | undefined => {
  if (shape.select === undefined) return undefined
  const names = [...columns, ...addedNames(shape)]
  const known = new Set(names)
  const selected = new Set<string>()
  for (const name of splitNames(shape.select, names)) {
    if (!known.has(name)) throw unknownSelected(name, names)
    if (selected.has(name)) throw new PromptmillError('bad_flag', `${flagName('select')} names "${name}" twice`)
    selected.add(name)
  }
  if (selected.size === 0) throw new PromptmillError('bad_flag', `${flagName('select')} names no column`)
  return [...selected]
}

/** The error for a column that has the name of an added one. */
export const nameTaken = (name: string, where: string, what: 'column' | 'property' = 'column'): PromptmillError =>
  new PromptmillError('bad_output', `${where} has a ${what} "${name}", and so have the results`, {
    hint: 'Give --output-prefix TEXT (such as llm_) to rename the added columns',
  })
