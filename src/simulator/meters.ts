import { loadTokenCounter } from '../pricing/tokens.js'
import type { ChatRequest } from './chat-request.js'
import { type CountText, createWordCounter } from './word-counter.js'

/** Counts one model's tokens. */
export interface Meter {
  /** Counts text made of words, cheaply. */
  readonly countText: CountText
  /** Counts any text. */
  readonly countExactly: CountText
  /** Prompt tokens, or more than `mostPromptTokens` where there are more. */
  countPrompt(request: ChatRequest): number
}

/** The context length of every simulated model. */
export const mostPromptTokens = 1_000_000

/** No text has more characters a token over its whole length; counting megabytes to refuse them would stall all calls. */
const mostCharsPerToken = 16

const mostModels = 1000

export interface Meters {
  /** A meter that is loaded already. */
  get(model: string): Meter | undefined
  load(model: string): Promise<Meter>
}

export const createMeters = (): Meters => {
  const meters = new Map<string, Meter>()
  return {
    get: model => meters.get(model),
    async load(model) {
      const counter = await loadTokenCounter(model)
      const meter: Meter = {
        countText: createWordCounter(text => counter.countText(text)),
        countExactly: counter.countText,
        countPrompt: ({ body, messages }) =>
          messages.length > mostPromptTokens * mostCharsPerToken
            ? Math.ceil(messages.length / 4)
            : counter.countPrompt(body),
      }
      if (meters.size >= mostModels) meters.clear()
      meters.set(model, meter)
      return meter
    },
  }
}
