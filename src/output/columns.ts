import { PromptmillError } from '../core/errors.js'
import { formatUsd } from '../core/money.js'
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
    describe: 'prompt tokens, over all attempts of the row',
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
    describe: 'exact cost in USD, over all attempts; empty when the price is unknown',
    value: outcome => (outcome.costUsd === undefined ? null : formatUsd(outcome.costUsd)),
  },
  {
    name: 'attempts',
    describe: 'calls made for the row',
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

/** The names of the added columns, each with the prefix. */
export const addedNames = (prefix: string): readonly string[] => resultColumns.map(column => prefix + column.name)

/** The added cells of one row, in the order of `addedNames`. */
export const addedCells = (outcome: Outcome): readonly CellValue[] => resultColumns.map(column => column.value(outcome))

/** The error for an input column that has the name of an added one. */
export const nameTaken = (name: string, where: string): PromptmillError =>
  new PromptmillError('bad_output', `${where} has a column "${name}", and so have the results`, {
    hint: 'Give --output-prefix TEXT (such as llm_) to rename the added columns',
  })
