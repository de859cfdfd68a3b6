import { explainUnknownParam, findApiParam, type LimitName, limitNames } from '../core/api-params.js'
import type { JsonObject, JsonRow, JsonValue, RowFault, TableRow } from '../core/model.js'
import { type ApiParam, describeParam, fitsParam } from '../core/param-values.js'
import { createChatBody } from './chat-body.js'
import { type Given, type OwnReader, paramsMember, wrongParam } from './own-params.js'

/** What a request is besides its messages: the model, and the body around the messages. */
export interface RequestFrame {
  readonly model: string
  writeBody(messages: readonly string[]): string
}

/** The settings of the run, which a row's own replace. */
export interface FrameSettings {
  /** Columns that hold the rows' own settings, each named as its parameter. */
  readonly columns: readonly string[]
  readonly model: string | undefined
  readonly params: JsonObject
  /** The name under which a limit of tokens is sent, whatever the row calls it. */
  readonly maxTokensName: LimitName
  /** Parameters as JSON text, where its order counts. */
  readonly written: Readonly<Record<string, string>>
}

const fault = (message: string): RowFault => ({ code: 'invalid_param', message })

const mismatch = (param: ApiParam, { place, value, raw }: Given): RowFault => {
  // Shown alone, a number in quotes would look like what is asked for.
  const quoted = typeof value === 'string' && (param.type === 'number' || param.type === 'boolean')
  return wrongParam(`${place} must be ${describeParam(param)}${quoted ? ', not a text' : ''}`, raw)
}

const twoLimits = fault('max_tokens and max_completion_tokens are two names of one limit: set one of them')

/** Checks what a row sets, and brings it under the names that are sent. */
const collect = (givens: readonly Given[], maxTokensName: LimitName): JsonObject | RowFault => {
  const own: Record<string, JsonValue> = {}
  for (const given of givens) {
    const { name, place, value } = given
    const param = findApiParam(name)
    if (param === undefined) return fault(`${place} is no parameter that a row can set. ${explainUnknownParam(name)}`)
    if (value === undefined || !fitsParam(param, value)) return mismatch(param, given)
    if (Object.hasOwn(own, name)) return fault(`${name} is set twice, by a column and by ${paramsMember}`)
    own[name] = value
  }
  const { max_tokens: older, max_completion_tokens: newer, ...rest } = own
  if (older !== undefined && newer !== undefined) return twoLimits
  const limit = older ?? newer
  return limit === undefined ? own : { ...rest, [maxTokensName]: limit }
}

const isFault = (own: JsonObject | RowFault): own is RowFault => own['code'] === 'invalid_param'

const isLimit = (name: string): boolean => limitNames.some(limit => limit === name)

/** A row's own limit replaces the run's under either name. */
const mergeParams = (params: JsonObject, own: JsonObject): JsonObject => {
  const limited = Object.keys(own).some(isLimit)
  const kept = Object.entries(params).filter(([name]) => !(limited && isLimit(name)))
  return { ...Object.fromEntries(kept), ...own }
}

/** Rows with the same settings share a frame. So many are kept; a setting of its own for each row, such as a seed, needs none. */
const mostFrames = 1000

/**
 * Compiles the frames of requests from the run's settings and the rows' own. What a row leaves empty is as the run has it.
 * @returns a function from row to frame; undefined when neither row nor run names a model
 */
export const createFrames = (
  { columns, model, params, maxTokensName, written }: FrameSettings,
  readOwn: OwnReader,
): ((row: TableRow | JsonRow) => RequestFrame | RowFault | undefined) => {
  const toFrame = (own: JsonObject): RequestFrame | RowFault | undefined => {
    const { model: named = model, ...rest } = own
    if (typeof named !== 'string') {
      return columns.includes('model') ? fault('column "model" is empty, and no --model is given') : undefined
    }
    return { model: named, writeBody: createChatBody(named, mergeParams(params, rest), written) }
  }
  const common = toFrame({})
  const frames = new Map<string, RequestFrame | RowFault | undefined>()
  return row => {
    const own = readOwn(row)
    if (own === undefined) return common
    if (frames.has(own.text)) return frames.get(own.text)
    const givens = own.read()
    const collected = 'code' in givens ? givens : collect(givens, maxTokensName)
    const frame = isFault(collected) ? collected : toFrame(collected)
    if (frames.size >= mostFrames) frames.clear()
    frames.set(own.text, frame)
    return frame
  }
}
