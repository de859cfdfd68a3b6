import { nearestName } from './nearest.js'
import type { ApiParam } from './param-values.js'

const object = { type: 'json', kinds: ['object'] } as const
const list = { type: 'json', kinds: ['list'] } as const
const textOrObject = { type: 'json', kinds: ['text', 'object'] } as const
const text = { type: 'string' } as const
const tokens = { type: 'number', min: 1, integer: true } as const
/** All levels that any model takes, as in the API reference; `default` is that of Groq. */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'default'] as const

/**
 * The parameters that a row may set for itself, with their types and ranges, as in the API reference of "Create chat
 * completion"; the last few are those of compatible endpoints (vLLM, llama.cpp). The flags of the same names take their
 * bounds from here.
 */
export const apiParams = {
  model: text,
  temperature: { type: 'number', min: 0, max: 2 },
  top_p: { type: 'number', min: 0, max: 1 },
  max_completion_tokens: tokens,
  max_tokens: tokens,
  seed: { type: 'number', integer: true },
  reasoning_effort: { type: 'string', choices: efforts },
  verbosity: { type: 'string', choices: ['low', 'medium', 'high'] },
  frequency_penalty: { type: 'number', min: -2, max: 2 },
  presence_penalty: { type: 'number', min: -2, max: 2 },
  n: { type: 'number', min: 1, max: 128, integer: true },
  stop: { type: 'json', kinds: ['text', 'list'], texts: { most: 4 } },
  logprobs: { type: 'boolean' },
  top_logprobs: { type: 'number', min: 0, max: 20, integer: true },
  logit_bias: object,
  tools: list,
  tool_choice: textOrObject,
  parallel_tool_calls: { type: 'boolean' },
  prediction: object,
  modalities: list,
  audio: object,
  web_search_options: object,
  service_tier: text,
  store: { type: 'boolean' },
  metadata: { type: 'json', kinds: ['object'], texts: { most: 16, longest: 512, longestName: 64 } },
  user: text,
  safety_identifier: text,
  prompt_cache_key: text,
  prompt_cache_retention: text,
  top_k: { type: 'number', integer: true },
  min_p: { type: 'number', min: 0, max: 1 },
  repetition_penalty: { type: 'number', min: 0 },
} as const satisfies Readonly<Record<string, ApiParam>>

/** Two names of one limit, the API's own and the older one that compatible endpoints may know alone. */
export const limitNames = ['max_completion_tokens', 'max_tokens'] as const

export type LimitName = (typeof limitNames)[number]

/** Parameters that have another way in, or that a bulk run cannot use, each with what to do instead. */
const reservedParams: Readonly<Record<string, string>> = {
  messages: 'Use --prompt and --system, --messages, or rows with a messages list',
  stream: 'Answers are written whole; leave it out',
  stream_options: 'Answers are written whole; leave it out',
}

/** What to do instead of setting a parameter that has another way in; undefined for one that has none. */
export const explainReserved = (name: string): string | undefined =>
  Object.hasOwn(reservedParams, name) ? reservedParams[name] : undefined

const answersOfOneForm = 'All answers of a run have one form: use --schema or --json-mode'

/** The parameter of this name; undefined when a row cannot set it. */
export const findApiParam = (name: string): ApiParam | undefined =>
  Object.hasOwn(apiParams, name) ? apiParams[name as keyof typeof apiParams] : undefined

/** What to do instead of setting a parameter that a row cannot set. */
export const explainUnknownParam = (name: string): string => {
  const reserved = explainReserved(name)
  if (reserved !== undefined) return reserved
  if (name === 'response_format') return answersOfOneForm
  const nearest = nearestName(name, Object.keys(apiParams))
  return nearest === undefined ? `Known: ${Object.keys(apiParams).join(', ')}` : `Did you mean ${nearest}?`
}
