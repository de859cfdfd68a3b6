import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import { holdsUncounted } from './chat-tokens.js'
import { findImages, measureImage } from './image-parts.js'
import { isReasoningModel } from './model-name.js'
import { loadTokenCounter, type TokenCounter } from './tokens.js'

/** What a request takes, as far as it can be told before it is sent. */
export interface RequestSize {
  readonly model: string
  readonly serviceTier: string | undefined
  readonly promptTokens: number
  /** Answers asked for (`n`): each is billed. */
  readonly choices: number
  /** Most completion tokens of one answer; undefined where the request sets no limit. */
  readonly maxTokens: number | undefined
  /** Whether the model thinks before it answers: its answers are longer than what they show. */
  readonly reasons: boolean
  readonly images: number
  /** Images whose size, or whose rule, is not known before they are sent. */
  readonly assumedImages: number
  /** Images whose data are none that the API takes. */
  readonly brokenImages: number
  /** Whether the prompt holds what no number of tokens can be told of before it is sent: sound, files and the like. */
  readonly uncounted: boolean
}

const toNumber = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 1 ? value : undefined

const countImages = (body: JsonObject, model: string) => {
  const bases = findImages(body).map(part => measureImage(part, model).basis)
  return {
    images: bases.length,
    assumedImages: bases.filter(basis => basis === 'assumed').length,
    brokenImages: bases.filter(basis => basis === 'broken').length,
  }
}

/** The service tier that a request asks for. */
export const serviceTierOf = ({ service_tier: tier }: JsonObject): string | undefined =>
  typeof tier === 'string' ? tier : undefined

/** The most completion tokens that a request allows one answer, under either name of the limit. */
export const maxTokensOf = (body: JsonObject): number | undefined =>
  toNumber(body['max_completion_tokens']) ?? toNumber(body['max_tokens'])

/** Whether a request asks for answers of sound, whose tokens cost more than those of text (OpenAI guide "Audio"). */
export const asksForSound = ({ modalities, audio }: JsonObject): boolean =>
  isObject(audio) || (Array.isArray(modalities) && modalities.includes('audio'))

const searchModel = /-search-(?:preview|api)/

/** Whether answering a request searches the web: by its own wish, or as its model always does (guide "Web search"). */
export const searchesWeb = ({ model, web_search_options: search }: JsonObject): boolean =>
  isObject(search) || (typeof model === 'string' && searchModel.test(model))

/** Measures the body of a chat completion. */
export const measureRequest = (body: JsonObject, counter: Pick<TokenCounter, 'countPrompt'>): RequestSize => {
  const { reasoning_effort: effort } = body
  const model = typeof body['model'] === 'string' ? body['model'] : ''
  return {
    model,
    serviceTier: serviceTierOf(body),
    promptTokens: counter.countPrompt(body),
    choices: toNumber(body['n']) ?? 1,
    maxTokens: maxTokensOf(body),
    reasons: isReasoningModel(model) && effort !== 'none' && effort !== 'minimal',
    ...countImages(body, model),
    uncounted: holdsUncounted(body['messages']),
  }
}

/** Measures bodies, given as JSON text, in their order. */
export type MeasureBodies = (bodies: readonly string[]) => Promise<readonly RequestSize[]>

/** A measurer that loads each model's counter once. */
export const createMeasurer = (): MeasureBodies => {
  const counters = new Map<string, Promise<TokenCounter>>()
  const counterOf = (model: string): Promise<TokenCounter> => {
    const counter = counters.get(model) ?? loadTokenCounter(model)
    counters.set(model, counter)
    return counter
  }
  return async bodies => {
    const sizes: RequestSize[] = []
    let last: { readonly model: string; readonly counter: TokenCounter } | undefined
    for (const text of bodies) {
      const body = JSON.parse(text) as JsonObject
      const model = typeof body['model'] === 'string' ? body['model'] : ''
      // Nearly always the last row's: an `await` for each row would cost as much as a short prompt.
      if (last?.model !== model) last = { model, counter: await counterOf(model) }
      sizes.push(measureRequest(body, last.counter))
    }
    return sizes
  }
}
